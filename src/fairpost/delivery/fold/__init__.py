"""The fold: carries journals into PostgreSQL, rows and offset in one transaction."""

"""Takes what comes back by mail: bounces, complaints, wishes to be left alone, reports of receivers."""

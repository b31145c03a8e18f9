"""The only way in which this installation asks anything of a web server that others have named.

Whoever may name an address (of a webhook, of a certificate) could otherwise make this machine speak to what
only it can reach: its own services, its network, its provider's metadata.
"""

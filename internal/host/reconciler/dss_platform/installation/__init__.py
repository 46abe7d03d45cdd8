"""What root does to install DSS on the host, to keep it installed, and to upgrade it."""

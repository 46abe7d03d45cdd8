"""What is done inside DSS, through its public API: by DSS's own interpreter, with DSS's own client."""

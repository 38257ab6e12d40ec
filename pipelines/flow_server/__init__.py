"""The local Prefect server: started once, used by all commands, ended when idle."""

"""Recordings: journal entries in a file, read back, compared, masked, drawn. No store and no socket.

`format` is the file (`lines` its lines, `versions` earlier ones, `importing` what other systems logged), `said` what an
envelope says, `conversation` puts entries together to exchanges; whatever reads a recording starts from these.
"""

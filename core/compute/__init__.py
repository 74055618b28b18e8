"""Maps a pure function over slices of a Panel: in this process or on this machine's cores."""

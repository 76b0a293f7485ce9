"""What people and offices do: one file each, parameters beside it, an off switch."""

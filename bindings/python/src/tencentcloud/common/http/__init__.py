"""What the documented SDK tells about requests. They are made and carried by the core."""

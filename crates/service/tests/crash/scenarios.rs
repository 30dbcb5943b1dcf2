//! One bad thing each.

mod full_disk;
mod hanging_target;
mod held_database;
mod kills;
mod memory;
mod read_only_folder;
mod suspension;

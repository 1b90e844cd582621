//! How facts arrive: files, simulation and replay.

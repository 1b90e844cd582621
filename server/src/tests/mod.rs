//! The program as its users meet it: pages, forms, the API, jobs, over the real router.

mod access;
mod api;
mod backtests;
mod calendar;
mod databases;
mod forms;
mod headers;
mod import_journey;
mod jobs;
mod levels;
mod monitoring;
mod overrides;
mod reports;
mod sign_in;

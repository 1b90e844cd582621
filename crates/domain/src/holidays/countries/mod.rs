//! The countries, by continent.

mod americas;
mod asia;
mod central_europe;
mod east_asia;
mod english_speaking;
mod northern_europe;
mod southern_europe;

use super::Country;

/// Every country, by code.
pub(super) const ALL: [Country; 32] = [
    asia::UNITED_ARAB_EMIRATES,
    central_europe::AUSTRIA,
    english_speaking::AUSTRALIA,
    central_europe::BELGIUM,
    americas::BRAZIL,
    americas::CANADA,
    central_europe::SWITZERLAND,
    east_asia::CHINA,
    central_europe::GERMANY,
    northern_europe::DENMARK,
    americas::ECUADOR,
    southern_europe::SPAIN,
    northern_europe::FINLAND,
    southern_europe::FRANCE,
    english_speaking::UNITED_KINGDOM,
    asia::INDONESIA,
    english_speaking::IRELAND,
    asia::INDIA,
    southern_europe::ITALY,
    east_asia::JAPAN,
    east_asia::KOREA,
    americas::MEXICO,
    central_europe::NETHERLANDS,
    northern_europe::NORWAY,
    english_speaking::NEW_ZEALAND,
    central_europe::POLAND,
    southern_europe::PORTUGAL,
    asia::SAUDI_ARABIA,
    northern_europe::SWEDEN,
    asia::TURKEY,
    americas::UNITED_STATES,
    english_speaking::SOUTH_AFRICA,
];

//! SmsPackagesStatistics: the account's prepaid packages and what is used of them.

use tcsms_api::{ErrorCode, Version, v20190711, v20210111};
use tcsms_store::Package;

use super::statistics::{Span, TimeCodes, check_offset};
use super::{Actions, Caller, by_version, store_failed, unsigned};
use crate::gateway::errors::ApiError;
use crate::rules::time;

/// The most packages in one answer, as documented.
const LIMIT_MAX: u64 = 500;

impl Actions {
    /// By the time at which the packages were made, in whole hours.
    pub(super) async fn sms_packages_statistics(
        &self,
        caller: Caller<'_>,
        request: v20210111::SmsPackagesStatisticsRequest,
    ) -> Result<v20210111::SmsPackagesStatisticsResponse, ApiError> {
        let app = request.sms_sdk_app_id.unwrap_or_default();
        self.app(caller, &app)?;
        let page = page(request.limit, request.offset, Version::V20210111)?;
        let begin = request.begin_time.unwrap_or_default();
        let end = request.end_time.unwrap_or_default();
        let span = Span::read(&begin, &end, &TimeCodes::OF_2021)?;
        // Documented for this action alone: the end comes after the begin, and is past.
        if span.begin == span.end || span.end >= caller.now() {
            return Err(ApiError::new(
                ErrorCode::InvalidParameterValueEndTimeVerifyFail,
                format!("the last hour {end:.40} is not after the first hour or not past; use a past hour"),
            ));
        }
        let packages = self.packages(caller).await?;
        let made = packages.iter().filter(|package| span.holds(package.created));
        let set = page.of(made).map(|package| {
            v20210111::SmsPackagesStatistics::new()
                .package_create_time(unsigned(package.created))
                .package_effective_time(unsigned(effective(package)))
                .package_expired_time(package.expires.map_or(0, unsigned))
                .package_amount(package.amount)
                .package_type(kind(package))
                .package_id(package.id)
                .current_usage(package.used)
        });
        Ok(v20210111::SmsPackagesStatisticsResponse::new()
            .sms_packages_statistics_set(set)
            .request_id(caller.request_id))
    }

    /// This version has no times in its request.
    pub(super) async fn sms_packages_statistics_2019(
        &self,
        caller: Caller<'_>,
        request: v20190711::SmsPackagesStatisticsRequest,
    ) -> Result<v20190711::SmsPackagesStatisticsResponse, ApiError> {
        self.app(caller, &request.sms_sdk_appid.unwrap_or_default())?;
        let page = page(request.limit, request.offset, Version::V20190711)?;
        let packages = self.packages(caller).await?;
        let set = page.of(packages.iter()).map(|package| {
            v20190711::SmsPackagesStatistics::new()
                .package_create_time(time::format_second(package.created))
                .package_create_unix_time(unsigned(package.created))
                .package_effective_time(time::format_second(effective(package)))
                .package_effective_unix_time(unsigned(effective(package)))
                .package_expired_time(package.expires.map(time::format_second).unwrap_or_default())
                .package_expired_unix_time(package.expires.map_or(0, unsigned))
                .amount_of_package(package.amount)
                .type_of_package(kind(package))
                .package_id(package.id)
                .current_usage(package.used)
        });
        Ok(v20190711::SmsPackagesStatisticsResponse::new()
            .sms_packages_statistics_set(set)
            .request_id(caller.request_id))
    }

    async fn packages(&self, caller: Caller<'_>) -> Result<Vec<Package>, ApiError> {
        self.store.packages(&caller.account.id).await.map_err(|error| store_failed(&error))
    }
}

/// Which of the packages are answered.
struct Page {
    skip: usize,
    take: usize,
}

impl Page {
    fn of<'a>(&self, packages: impl Iterator<Item = &'a Package>) -> impl Iterator<Item = &'a Package> {
        packages.skip(self.skip).take(self.take)
    }
}

fn page(limit: Option<u64>, offset: Option<u64>, version: Version) -> Result<Page, ApiError> {
    let (limit, offset) = (limit.unwrap_or_default(), offset.unwrap_or_default());
    if limit > LIMIT_MAX {
        return Err(ApiError::new(
            by_version(version, ErrorCode::InvalidParameterValueLimitVerifyFail, ErrorCode::InvalidParameter),
            format!("the Limit is {limit}; use 0 to {LIMIT_MAX}"),
        ));
    }
    check_offset(offset, u64::from(u32::MAX), version)?;
    let count = |number| usize::try_from(number).unwrap_or(usize::MAX);
    Ok(Page { skip: count(offset), take: count(limit) })
}

/// A package that may be used at any time may be used since it was made.
fn effective(package: &Package) -> i64 {
    package.effective.unwrap_or(package.created)
}

/// Documented: 0 for a gift, 1 for what was bought.
fn kind(package: &Package) -> u64 {
    u64::from(!package.gift)
}

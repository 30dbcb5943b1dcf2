//! ReportConversion: a person typed a sent code back. What no message of the app explains is accepted and not counted.

use tcsms_api::{ErrorCode, v20210111};

use super::{Actions, Caller, store_failed};
use crate::gateway::errors::ApiError;

impl Actions {
    pub(super) async fn report_conversion(
        &self,
        caller: Caller<'_>,
        request: v20210111::ReportConversionRequest,
    ) -> Result<v20210111::ReportConversionResponse, ApiError> {
        // The published list has one code for everything that can be wrong with the app.
        let app = self.app(caller, &request.sms_sdk_app_id.unwrap_or_default()).map_err(|error| {
            ApiError { code: ErrorCode::UnauthorizedOperationSmsSdkAppIdVerifyFail, ..error }
        })?;
        let at = request.conversion_time.and_then(|at| i64::try_from(at).ok()).unwrap_or(caller.now());
        let serial = request.serial_no.unwrap_or_default();
        self.store
            .report_conversion(&caller.account.id, &app.sdk_app_id, &serial, at)
            .await
            .map_err(|error| store_failed(&error))?;
        // Recorded in the documentation's example; its text says `ok`.
        let status = v20210111::ReportConversionStatus::new().code("OK").message("success");
        Ok(v20210111::ReportConversionResponse::new()
            .report_conversion_status(status)
            .request_id(caller.request_id))
    }
}

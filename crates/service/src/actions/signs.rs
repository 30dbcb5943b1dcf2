//! AddSmsSign, ModifySmsSign, DeleteSmsSign and DescribeSmsSignList: signatures and their review.

use std::sync::Arc;

use tcsms_api::{ErrorCode, Version, v20190711, v20210111};
use tcsms_store::{Changed, NewSign, Removed, ReviewState, Scope, Sign, SignAdded, SignApplication};

use super::listing::{Listing, check_ids};
use super::{Actions, Caller, by_version, scope, store_failed, unsigned};
use crate::config::QualificationState;
use crate::gateway::errors::ApiError;
use crate::rules::signs::{self, NameFault};

/// The most signatures of an account. The number is not published; this is our choice.
const SIGNS_MAX: usize = 200;

/// A request to add or change, of either version.
struct Request {
    name: String,
    sign_type: u64,
    document_type: u64,
    international: u64,
    purpose: u64,
    proof: String,
    commission: String,
    remark: String,
    qualification: Option<u64>,
    codes: Codes,
    /// Whether the picture may be left out, as the documented example of ModifySmsSign does.
    without_proof: bool,
}

/// The codes that an action lists for its own causes.
struct Codes {
    /// The name is too short or has characters that must not be in it.
    name: ErrorCode,
    purpose: ErrorCode,
}

/// The four request types differ in nothing but the name of one member.
macro_rules! request {
    ($request:ident, $purpose:ident, $codes:expr, $without_proof:expr) => {
        Request {
            name: $request.sign_name.unwrap_or_default(),
            sign_type: $request.sign_type.unwrap_or_default(),
            document_type: $request.document_type.unwrap_or_default(),
            international: $request.international.unwrap_or_default(),
            purpose: $request.$purpose.unwrap_or_default(),
            proof: $request.proof_image.unwrap_or_default(),
            commission: $request.commission_image.unwrap_or_default(),
            remark: $request.remark.unwrap_or_default(),
            qualification: $request.qualification_id,
            codes: $codes,
            without_proof: $without_proof,
        }
    };
}

/// A signature as both versions answer it. One without a qualification, as global ones are, has 0 and an empty text.
macro_rules! entry {
    ($version:ident, $sign:ident, $caller:ident) => {{
        let review = $sign.review.at($caller.now());
        let qualification = $sign.application.qualification;
        let known = qualification.and_then(|id| $caller.account.qualification(id));
        $version::DescribeSignListStatus::new()
            .sign_id($sign.id)
            .international($sign.scope.code().into())
            .status_code(review.state.code().into())
            .review_reply(&*review.reply)
            .sign_name(&*$sign.name)
            .create_time(unsigned($sign.created))
            .qualification_id(qualification.unwrap_or_default())
            .qualification_name(known.map_or("", |known| &known.name))
            .qualification_status_code(known.map_or(0, |known| known.state.code()))
    }};
}

impl Codes {
    const OF_ADDING: Self = Self {
        name: ErrorCode::FailedOperationParametersOtherError,
        purpose: ErrorCode::InvalidParameterValueInvalidUsedMethod,
    };

    fn of_changing(version: Version) -> Self {
        Self {
            name: ErrorCode::InvalidParameter,
            purpose: by_version(
                version,
                ErrorCode::InvalidParameterValueInvalidSignPurpose,
                ErrorCode::InvalidParameterValueInvalidUsedMethod,
            ),
        }
    }
}

impl Actions {
    pub(super) async fn add_sms_sign(
        &self,
        caller: Caller<'_>,
        request: v20210111::AddSmsSignRequest,
    ) -> Result<v20210111::AddSmsSignResponse, ApiError> {
        let request = request!(request, sign_purpose, Codes::OF_ADDING, false);
        let id = self.add_sign(caller, request).await?;
        let status = v20210111::AddSignStatus::new().sign_id(id);
        Ok(v20210111::AddSmsSignResponse::new().add_sign_status(status).request_id(caller.request_id))
    }

    /// This version has an id of the application too: the same number here.
    pub(super) async fn add_sms_sign_2019(
        &self,
        caller: Caller<'_>,
        request: v20190711::AddSmsSignRequest,
    ) -> Result<v20190711::AddSmsSignResponse, ApiError> {
        let request = request!(request, used_method, Codes::OF_ADDING, false);
        let id = self.add_sign(caller, request).await?;
        let status = v20190711::AddSignStatus::new().sign_id(id).sign_apply_id(id);
        Ok(v20190711::AddSmsSignResponse::new().add_sign_status(status).request_id(caller.request_id))
    }

    pub(super) async fn modify_sms_sign(
        &self,
        caller: Caller<'_>,
        request: v20210111::ModifySmsSignRequest,
    ) -> Result<v20210111::ModifySmsSignResponse, ApiError> {
        let id = request.sign_id.unwrap_or_default();
        let codes = Codes::of_changing(Version::V20210111);
        self.change_sign(caller, id, request!(request, sign_purpose, codes, true)).await?;
        let status = v20210111::ModifySignStatus::new().sign_id(id);
        Ok(v20210111::ModifySmsSignResponse::new().modify_sign_status(status).request_id(caller.request_id))
    }

    /// The id of the application is a text in this answer, as documented.
    pub(super) async fn modify_sms_sign_2019(
        &self,
        caller: Caller<'_>,
        request: v20190711::ModifySmsSignRequest,
    ) -> Result<v20190711::ModifySmsSignResponse, ApiError> {
        let id = request.sign_id.unwrap_or_default();
        let codes = Codes::of_changing(Version::V20190711);
        self.change_sign(caller, id, request!(request, used_method, codes, true)).await?;
        let status = v20190711::ModifySignStatus::new().sign_id(id).sign_apply_id(id.to_string());
        Ok(v20190711::ModifySmsSignResponse::new().modify_sign_status(status).request_id(caller.request_id))
    }

    pub(super) async fn delete_sms_sign(
        &self,
        caller: Caller<'_>,
        request: v20210111::DeleteSmsSignRequest,
    ) -> Result<v20210111::DeleteSmsSignResponse, ApiError> {
        self.remove_sign(caller, request.sign_id.unwrap_or_default()).await?;
        let status = deleted!(v20210111::DeleteSignStatus, caller);
        Ok(v20210111::DeleteSmsSignResponse::new().delete_sign_status(status).request_id(caller.request_id))
    }

    pub(super) async fn delete_sms_sign_2019(
        &self,
        caller: Caller<'_>,
        request: v20190711::DeleteSmsSignRequest,
    ) -> Result<v20190711::DeleteSmsSignResponse, ApiError> {
        self.remove_sign(caller, request.sign_id.unwrap_or_default()).await?;
        let status = deleted!(v20190711::DeleteSignStatus, caller);
        Ok(v20190711::DeleteSmsSignResponse::new().delete_sign_status(status).request_id(caller.request_id))
    }

    pub(super) async fn describe_sms_sign_list(
        &self,
        caller: Caller<'_>,
        request: v20210111::DescribeSmsSignListRequest,
    ) -> Result<v20210111::DescribeSmsSignListResponse, ApiError> {
        let listing = Listing::read(request.sign_id_set, request.limit, request.offset)?;
        let signs = self.list_signs(caller, request.international.unwrap_or_default(), &listing).await?;
        let set = signs.iter().map(|sign| entry!(v20210111, sign, caller));
        Ok(v20210111::DescribeSmsSignListResponse::new()
            .describe_sign_list_status_set(set)
            .request_id(caller.request_id))
    }

    pub(super) async fn describe_sms_sign_list_2019(
        &self,
        caller: Caller<'_>,
        request: v20190711::DescribeSmsSignListRequest,
    ) -> Result<v20190711::DescribeSmsSignListResponse, ApiError> {
        let ids = request.sign_id_set.unwrap_or_default();
        if ids.is_empty() {
            return Err(ApiError::new(
                ErrorCode::InvalidParameterValueMissingSignatureList,
                "the SignIdSet is empty; name 1 to 100 signatures",
            ));
        }
        let listing = Listing::Ids(check_ids(ids)?);
        let signs = self.list_signs(caller, request.international.unwrap_or_default(), &listing).await?;
        let set = signs.iter().map(|sign| entry!(v20190711, sign, caller));
        Ok(v20190711::DescribeSmsSignListResponse::new()
            .describe_sign_list_status_set(set)
            .request_id(caller.request_id))
    }

    async fn add_sign(&self, caller: Caller<'_>, request: Request) -> Result<u64, ApiError> {
        let sign = self.check_sign(caller, request)?;
        match self.store.add_sign(sign, SIGNS_MAX).await.map_err(|error| store_failed(&error))? {
            SignAdded::Id(id) => Ok(id),
            SignAdded::Taken(state) => Err(taken(state)),
            SignAdded::TooMany => Err(ApiError::new(
                ErrorCode::FailedOperationSignNumberLimit,
                format!("the account has {SIGNS_MAX} signatures, which is the limit; delete one first"),
            )),
        }
    }

    async fn change_sign(&self, caller: Caller<'_>, id: u64, request: Request) -> Result<(), ApiError> {
        let sign = self.check_sign(caller, request)?;
        match self.store.modify_sign(id, sign).await.map_err(|error| store_failed(&error))? {
            Changed::Done => Ok(()),
            Changed::Unknown => Err(ApiError::new(
                ErrorCode::FailedOperationMissingSignatureToModify,
                format!("the account has no signature {id}; use the SignId of one"),
            )),
            Changed::OtherScope => Err(ApiError::new(
                ErrorCode::InvalidParameterValueInvalidInternational,
                format!("International cannot be changed; leave that of signature {id}, or add a new one"),
            )),
            Changed::Approved => Err(ApiError::new(
                ErrorCode::InvalidParameterValueSignAlreadyPassedCheck,
                format!("signature {id} is approved and cannot be changed; add a new one"),
            )),
            Changed::Taken(state) => Err(taken(state)),
        }
    }

    async fn remove_sign(&self, caller: Caller<'_>, id: u64) -> Result<(), ApiError> {
        let removed = self.store.remove_sign(&caller.account.id, id).await;
        let code = match removed.map_err(|error| store_failed(&error))? {
            Removed::Done => return Ok(()),
            Removed::Unknown => ErrorCode::FailedOperationSignIdNotExist,
            Removed::Foreign => ErrorCode::FailedOperationMissingSignatureToModify,
        };
        Err(ApiError::new(code, format!("the account has no signature {id}; use the SignId of one")))
    }

    /// The checks that need nothing but the request and the configuration.
    fn check_sign(&self, caller: Caller<'_>, request: Request) -> Result<NewSign, ApiError> {
        let scope = scope(request.international, ErrorCode::InvalidParameterValueInvalidInternational)?;
        signs::check_name(&request.name, scope == Scope::Global).map_err(|fault| {
            let code = match fault {
                NameFault::TooLong(..) => ErrorCode::InvalidParameterValueSignNameLengthTooLong,
                NameFault::TooShort | NameFault::Character(_) => request.codes.name.clone(),
            };
            ApiError::new(code, fault.to_string())
        })?;
        // There is no code for a wrong SignType alone.
        if !signs::document_fits(request.sign_type, request.document_type, scope == Scope::Global) {
            return Err(ApiError::new(
                ErrorCode::InvalidParameterValueInvalidDocumentType,
                format!(
                    "DocumentType {} does not prove a signature of SignType {}; use a documented pair",
                    request.document_type, request.sign_type
                ),
            ));
        }
        if request.purpose > signs::FOR_OTHERS {
            return Err(ApiError::new(
                request.codes.purpose,
                format!("{} is no purpose; use 0 for yourself or 1 for others", request.purpose),
            ));
        }
        let for_others = request.purpose == signs::FOR_OTHERS;
        let images = [
            ("ProofImage", &request.proof, request.without_proof, true),
            // The letter of authority is looked at only where one is needed.
            ("CommissionImage", &request.commission, true, for_others),
        ];
        for (what, image, may_be_empty, looked_at) in images {
            if looked_at && (!signs::is_image(image) || image.is_empty() && !may_be_empty) {
                return Err(ApiError::new(
                    ErrorCode::InvalidParameterValueImageInvalid,
                    format!(
                        "the {what} is no image; send at most 5 MB in base64, without the prefix `data:image/…`"
                    ),
                ));
            }
        }
        if scope == Scope::Mainland {
            self.check_qualification(caller, request.qualification)?;
        }
        let small = |number: u64| u8::try_from(number).unwrap_or_default();
        Ok(NewSign {
            account: caller.account.id.clone(),
            planned: self.planned_review(caller, None),
            name: request.name,
            scope,
            application: SignApplication {
                kind: small(request.sign_type),
                document: small(request.document_type),
                purpose: small(request.purpose),
                remark: request.remark,
                qualification: request.qualification.filter(|_| scope == Scope::Mainland),
            },
            created: caller.now(),
        })
    }

    /// Only signatures of the mainland refer to a qualification.
    fn check_qualification(&self, caller: Caller<'_>, id: Option<u64>) -> Result<(), ApiError> {
        match id.map(|id| (id, caller.account.qualification(id))) {
            None if self.config.rules.qualification_required => Err(ApiError::new(
                ErrorCode::InvalidParameterValueQualificationIdNotFound,
                "a mainland signature needs a QualificationId; name an approved qualification",
            )),
            None => Ok(()),
            Some((id, None)) => Err(ApiError::new(
                ErrorCode::InvalidParameterValueQualificationIdNotFound,
                format!("the account has no qualification {id}; name an approved one"),
            )),
            Some((_, Some(known))) if known.state == QualificationState::Approved => Ok(()),
            Some((id, Some(_))) => Err(ApiError::new(
                ErrorCode::FailedOperationQualificationIdNotApproved,
                format!("qualification {id} is not approved; wait for its review or name another"),
            )),
        }
    }

    async fn list_signs(
        &self,
        caller: Caller<'_>,
        international: u64,
        listing: &Listing,
    ) -> Result<Vec<Arc<Sign>>, ApiError> {
        let scope = scope(international, ErrorCode::FailedOperationFailResolvePacket)?;
        let signs = self.store.signs(&caller.account.id).await.map_err(|error| store_failed(&error))?;
        Ok(listing.choose(signs, |sign| sign.id, |sign| sign.scope == scope))
    }
}

/// Another signature of the account has the name and is in this state.
fn taken(state: ReviewState) -> ApiError {
    let (code, text) = match state {
        ReviewState::Reviewing | ReviewState::Refused => (
            ErrorCode::InvalidParameterValueSignExistAndUnapproved,
            "a signature of this name is under review; wait for the result or use another name",
        ),
        ReviewState::Approved | ReviewState::Pending => (
            ErrorCode::InvalidParameterValueSignAlreadyPassedCheck,
            "a signature of this name is approved; use it, or use another name",
        ),
    };
    ApiError::new(code, text)
}

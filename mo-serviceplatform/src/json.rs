//! Answers in JSON: what an HTTP answer means before its content is looked at, and reading within limits. Knows no
//! service's shapes.

use http::Response;
use mo_core::quote;
use serde::de::DeserializeOwned;

use crate::client::{content_type, header};
use crate::error::{LookupError, ProtocolError, Service};
use crate::soap::status_error;

/// How many bytes of JSON are read at most.
pub(crate) const JSON_LIMIT: usize = 8 << 20;

/// The JSON of an answer with a status of success, or of another status if `also` takes it.
pub(crate) fn read<T: DeserializeOwned>(
    service: Service,
    response: &Response<Vec<u8>>,
    also: &[u16],
) -> Result<T, LookupError> {
    let protocol = |error| LookupError::Protocol { service, error };
    if let Some(encoding) = header(response, "content-encoding").filter(|e| *e != "identity") {
        return Err(protocol(ProtocolError::Compressed(quote(encoding))));
    }
    let status = response.status().as_u16();
    if !also.contains(&status)
        && let Some(error) = status_error(service, status)
    {
        return Err(error);
    }
    if content_type(response).contains("html") {
        let content_type = quote(content_type(response));
        return Err(protocol(ProtocolError::ContentType { expected: "JSON", content_type }));
    }
    serde_json::from_slice(response.body()).map_err(|error| {
        // serde's message repeats content; where it is says enough.
        let what = match error.classify() {
            serde_json::error::Category::Eof => "it ends in the middle",
            serde_json::error::Category::Data => "it has another shape than expected",
            _ => "it is not JSON",
        };
        protocol(ProtocolError::Json(format!("{what} (line {}, column {})", error.line(), error.column())))
    })
}

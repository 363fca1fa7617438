//! [`Recorder`] and [`Recording`]: answers of a service written down as they came, and given again without it. Nothing is
//! made up here, and nothing is judged.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Mutex;

use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use http::{Response, StatusCode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::lock;
use crate::transport::{Request, Transport, TransportError};

/// Passes questions on to another transport and writes down what it answers.
///
/// ```
/// use std::sync::Arc;
/// use mo_core::time::{Instant, SteppingClock};
/// use mo_serviceplatform::address::{AccessKey, AddressLookup, Adressevaelger};
/// use mo_serviceplatform::client::{Connection, Transport};
/// use mo_serviceplatform::fake::{Fake, Recorder, Recording};
///
/// fn washed(transport: impl Transport + 'static) -> Result<bool, Box<dyn std::error::Error>> {
///     let clock = SteppingClock::new("2026-11-01T09:00:00Z".parse::<Instant>()?);
///     let endpoint = "https://adresser.korsbaek.example".parse()?;
///     let addresses =
///         Adressevaelger::new(Connection::new(transport, clock), endpoint, AccessKey::adressevaelger_demo());
///     Ok(addresses.wash("Torvet 7, 4999 Korsbæk")?.accepted().is_some())
/// }
///
/// // Once, in front of the real transport.
/// let recorder = Arc::new(Recorder::new(Fake::korsbaek()));
/// assert!(washed(Arc::clone(&recorder))?);
/// let file = serde_json::to_string(&recorder.recording())?;
///
/// // Ever after, without it.
/// let recording: Recording = serde_json::from_str(&file)?;
/// assert!(washed(recording)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Recorder<T> {
    inner: T,
    kept: Mutex<Recording>,
}

impl<T: Transport> Recorder<T> {
    /// Writes down what `inner` answers.
    pub fn new(inner: T) -> Recorder<T> {
        Recorder { inner, kept: Mutex::default() }
    }

    /// What was answered so far.
    pub fn recording(&self) -> Recording {
        lock(&self.kept).clone()
    }
}

impl<T> fmt::Debug for Recorder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").field("recording", &self.kept).finish_non_exhaustive()
    }
}

impl<T: Transport> Transport for Recorder<T> {
    fn send(&self, request: &Request) -> Result<Response<Vec<u8>>, TransportError> {
        let response = self.inner.send(request)?;
        lock(&self.kept).answers.entry(fingerprint(request)).or_default().push(Answer::of(&response));
        Ok(response)
    }
}

/// Answers that a service once gave, given again to the same questions: a [`Transport`] without a network.
///
/// Questions are the same if they ask the same thing of the same path by the same right, whoever asks, when, and with
/// which key; of Datafordeler's two times only the valid one counts. Several answers to one question are given in their
/// order, the last of them again and again. A question that was not recorded fails.
///
/// Its JSON form has no key and no token, and questions only as hashes. Answers stand in it as they came, so a recording of
/// persons is personal data: record those of the test environment.
///
/// ```
/// use mo_serviceplatform::fake::Recording;
///
/// let recording: Recording = serde_json::from_str(r#"{"answers":{}}"#)?;
/// assert_eq!(format!("{recording:?}"), "Recording(0 answers)");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    answers: BTreeMap<Uuid, Vec<Answer>>,
    /// How often each question was asked.
    #[serde(skip)]
    asked: Mutex<BTreeMap<Uuid, usize>>,
}

impl Clone for Recording {
    /// The same answers, from the first on.
    fn clone(&self) -> Recording {
        Recording { answers: self.answers.clone(), asked: Mutex::default() }
    }
}

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recording({} answers)", self.answers.values().map(Vec::len).sum::<usize>())
    }
}

impl Transport for Recording {
    fn send(&self, request: &Request) -> Result<Response<Vec<u8>>, TransportError> {
        let question = fingerprint(request);
        let missing = || TransportError::Other("the recording has no answer to this question".to_owned());
        let answers = self.answers.get(&question).ok_or_else(missing)?;
        let mut asked = lock(&self.asked);
        let next = asked.entry(question).or_default();
        let answer = answers.get(*next).or(answers.last()).ok_or_else(missing)?;
        *next += 1;
        Ok(answer.response())
    }
}

/// An answer: the status, the two headers that mean something, the body.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    status: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    content_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retry_after: Option<String>,
    body: Body,
}

/// A body, as text where it is.
#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum Body {
    Text(String),
    Bytes(Vec<u8>),
}

impl Answer {
    fn of(response: &Response<Vec<u8>>) -> Answer {
        let header = |name: HeaderName| {
            response.headers().get(name).and_then(|value| value.to_str().ok()).map(ToOwned::to_owned)
        };
        let body = match String::from_utf8(response.body().clone()) {
            Ok(text) => Body::Text(text),
            Err(other) => Body::Bytes(other.into_bytes()),
        };
        let (content_type, retry_after) = (header(CONTENT_TYPE), header(RETRY_AFTER));
        Answer { status: response.status().as_u16(), content_type, retry_after, body }
    }

    fn response(&self) -> Response<Vec<u8>> {
        let mut response = Response::new(match &self.body {
            Body::Text(text) => text.clone().into_bytes(),
            Body::Bytes(bytes) => bytes.clone(),
        });
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in [(CONTENT_TYPE, &self.content_type), (RETRY_AFTER, &self.retry_after)] {
            if let Some(value) = value.as_deref().and_then(|value| HeaderValue::from_str(value).ok()) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

/// What a question asks, as a hash: method, path, query without the key, and body without who asks and when.
fn fingerprint(request: &Request) -> Uuid {
    let http = request.http();
    let query = http.uri().query().unwrap_or_default().split('&');
    let query = query.filter(|pair| !pair.starts_with("token=") && !pair.starts_with("apiKey="));
    let head = [http.method().as_str(), http.uri().path()];
    let mut asks = head.into_iter().chain(query).collect::<Vec<_>>().join("\n").into_bytes();
    asks.push(b'\n');
    asks.extend(asked(http.body()));
    Uuid::new_v5(&Uuid::NAMESPACE_URL, &asks)
}

/// A body without what differs each time the same is asked: `CallContext` in SOAP, and in GraphQL the known time, which is
/// the moment of the question where none is named.
fn asked(body: &[u8]) -> Vec<u8> {
    if let Ok(mut json) = serde_json::from_slice::<serde_json::Value>(body) {
        if let Some(variables) = json.get_mut("variables").and_then(|variables| variables.as_object_mut()) {
            variables.remove("known");
        }
        return json.to_string().into_bytes();
    }
    let (begin, end) = (b"<call:CallContext", b"</call:CallContext>");
    let place = |sought: &[u8]| body.windows(sought.len()).position(|part| part == sought);
    match (place(begin), place(end)) {
        (Some(from), Some(until)) if from < until => {
            [body.get(..from), body.get(until..)].into_iter().flatten().collect::<Vec<_>>().concat()
        }
        _ => body.to_vec(),
    }
}

//! What holds for every route of a kind, said in the API's description without each route having to say it: the parameters
//! of its path, the headers that its method takes, a word on each answer. OpenAPI requires the first and the last.

use actix_web::http::StatusCode;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{KnownFormat, Object, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{OpenApi, RefOr, Required};

/// Completes the description of every route.
pub fn complete(api: &mut OpenApi) {
    for (path, item) in &mut api.paths.paths {
        let all = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
        for operation in all.into_iter().flatten() {
            name_path_parameters(path, operation);
            describe_answers(operation);
        }
        if let Some(creates) = item.post.as_mut().filter(|post| post.responses.responses.contains_key("201")) {
            let words =
                "1 to 255 visible characters; a repeat under the same key gets the first answer and does nothing";
            add(creates, header("Idempotency-Key", Required::False, words));
        }
        if let Some(changes) = &mut item.patch {
            add(changes, header("If-Match", Required::True, "The ETag of the version that was read"));
        }
    }
}

/// `{id}` in a path is an id of ours; what else stands there is text.
fn name_path_parameters(path: &str, operation: &mut Operation) {
    for name in path.split('{').skip(1).filter_map(|rest| rest.split('}').next()) {
        let is_id = name == "id";
        let schema = if is_id { text(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid))) } else { text(None) };
        let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path).required(Required::True);
        add(operation, parameter.schema(Some(schema)).build());
    }
}

fn describe_answers(operation: &mut Operation) {
    for (status, answer) in &mut operation.responses.responses {
        if let RefOr::T(answer) = answer
            && answer.description.is_empty()
        {
            let known = StatusCode::from_bytes(status.as_bytes()).ok().and_then(|code| code.canonical_reason());
            known.unwrap_or("Answer").clone_into(&mut answer.description);
        }
    }
}

/// Where the route has not described it better itself.
fn add(operation: &mut Operation, parameter: Parameter) {
    let known = operation.parameters.get_or_insert_default();
    let is_known = known.iter().any(|other| match other {
        RefOr::T(other) => other.name == parameter.name && other.parameter_in == parameter.parameter_in,
        RefOr::Ref(_) => false,
    });
    if !is_known {
        known.push(RefOr::T(parameter));
    }
}

fn header(name: &str, required: Required, description: &str) -> Parameter {
    let header = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Header).required(required);
    header.description(Some(description)).schema(Some(text(None))).build()
}

fn text(format: Option<SchemaFormat>) -> Object {
    ObjectBuilder::new().schema_type(Type::String).format(format).build()
}

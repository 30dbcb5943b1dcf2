//! The core's log lines on their way to Java.

use jni::objects::{JClass, JObject, JValue};
use jni::sys::jint;
use jni::{EnvUnowned, jni_sig, jni_str};

use crate::{machine, within};

/// Has every line up to this level (1 errors … 5 everything, 0 none) told to `sink.line(level, text)`.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_github_tcsms_Native_setLog<'local>(
    mut env: EnvUnowned<'local>,
    _class: JClass<'local>,
    sink: JObject<'local>,
    level: jint,
) {
    within(&mut env, |env| {
        let sink = env.new_global_ref(&sink)?;
        let line = move |level: i32, text: &str| {
            let _ = machine::with_java(|env| {
                env.with_local_frame(4, |env| {
                    let text = env.new_string(text)?;
                    let told = env.call_method(
                        &sink,
                        jni_str!("line"),
                        jni_sig!("(ILjava/lang/String;)V"),
                        &[JValue::Int(level), JValue::Object(&text)],
                    );
                    if told.is_err() {
                        env.exception_clear();
                    }
                    jni::errors::Result::Ok(())
                })
            });
        };
        tcsms_bridge::set_log(Some(Box::new(line)), level);
        Ok(())
    });
}

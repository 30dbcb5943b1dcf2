//! The Java machine, and our own threads in it.

use std::cell::RefCell;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use jni::errors::{Error, JniError, Result};
use jni::{Env, JavaVM};

static MACHINE: OnceLock<JavaVM> = OnceLock::new();

thread_local! {
    /// Set on threads that this library has attached.
    static ATTACHED: RefCell<Option<Attached>> = const { RefCell::new(None) };
}

/// How many calls are under way whose outcomes a thread of ours will tell.
static AWAITED: AtomicUsize = AtomicUsize::new(0);

/// A call under way, until this is dropped.
pub(crate) struct Awaited(());

impl Awaited {
    pub(crate) fn new() -> Self {
        AWAITED.fetch_add(1, Ordering::Relaxed);
        Self(())
    }
}

impl Drop for Awaited {
    fn drop(&mut self) {
        AWAITED.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Detaches the thread when it is dropped.
struct Attached(JavaVM);

impl Drop for Attached {
    fn drop(&mut self) {
        let raw = self.0.get_raw();
        // SAFETY: the machine lives as long as the process, and this thread is attached to it.
        unsafe { ((**raw).v1_1.DetachCurrentThread)(raw) };
    }
}

/// Remembers the machine that loaded the library.
pub(crate) fn remember(env: &Env<'_>) -> Result<()> {
    let machine = env.get_java_vm()?;
    MACHINE.get_or_init(|| machine);
    Ok(())
}

/// Works with Java on whatever thread this is. One that Java does not know is attached, and as a daemon: the machine waits
/// at its end for every other thread. It stays attached while outcomes are awaited and no longer, because the machine also
/// waits a third of a second for daemons that are in native code.
pub(crate) fn with_java<T>(work: impl FnOnce(&mut Env<'_>) -> Result<T>) -> Result<T> {
    let machine = MACHINE.get().ok_or(Error::UninitializedJavaVM)?;
    if !machine.is_thread_attached()? {
        let raw = machine.get_raw();
        let mut env = ptr::null_mut();
        // SAFETY: the machine lives as long as the process; no arguments are given, so a name is made up.
        let status =
            unsafe { ((**raw).v1_4.AttachCurrentThreadAsDaemon)(raw, &raw mut env, ptr::null_mut()) };
        if status != jni::sys::JNI_OK {
            return Err(Error::JniCall(JniError::ThreadDetached));
        }
        ATTACHED.set(Some(Attached(machine.clone())));
    }
    let done = machine.attach_current_thread(work);
    if AWAITED.load(Ordering::Relaxed) == 0 {
        drop(ATTACHED.take());
    }
    done
}

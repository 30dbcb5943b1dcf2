//! Bytes on their way over the C interface.

use std::ptr;

/// Bytes that the library owns until they are given back with `tcsms_buf_free`, once. Empty ones have no memory.
#[repr(C)]
#[allow(non_camel_case_types)]
pub struct tcsms_buf {
    /// The first byte, or null.
    pub ptr: *mut u8,
    /// How many bytes there are.
    pub len: usize,
    /// How many the memory has room for.
    pub cap: usize,
}

impl tcsms_buf {
    const EMPTY: Self = Self { ptr: ptr::null_mut(), len: 0, cap: 0 };

    fn of(bytes: Vec<u8>) -> Self {
        if bytes.capacity() == 0 {
            return Self::EMPTY;
        }
        let mut bytes = std::mem::ManuallyDrop::new(bytes);
        Self { ptr: bytes.as_mut_ptr(), len: bytes.len(), cap: bytes.capacity() }
    }

    /// Frees the bytes and empties the buffer.
    ///
    /// # Safety
    ///
    /// The buffer is empty, or was filled by [`fill`] and not changed since.
    pub(crate) unsafe fn free(&mut self) {
        let Self { ptr, len, cap } = std::mem::replace(self, Self::EMPTY);
        if !ptr.is_null() {
            // SAFETY: the parts are those of a vector, see above.
            drop(unsafe { Vec::from_raw_parts(ptr, len, cap) });
        }
    }
}

/// Puts bytes into the caller's buffer, whatever was in there; a caller without one does not want them.
///
/// # Safety
///
/// `buffer` is null, or points to memory of a buffer.
pub(crate) unsafe fn fill(buffer: *mut tcsms_buf, bytes: Vec<u8>) {
    if !buffer.is_null() {
        // SAFETY: see above; it may hold anything, so it is written without being read.
        unsafe { buffer.write(tcsms_buf::of(bytes)) };
    }
}

/// The caller's bytes; null is no bytes.
///
/// # Safety
///
/// `pointer` is null, or points to `count` bytes that stay as they are during the call.
pub(crate) unsafe fn bytes<'a>(pointer: *const u8, count: usize) -> &'a [u8] {
    if pointer.is_null() || count == 0 {
        return &[];
    }
    // SAFETY: see above.
    unsafe { std::slice::from_raw_parts(pointer, count) }
}

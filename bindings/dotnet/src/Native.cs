// The native library: where it is found, and its functions.

using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;

namespace TencentCloud.Common
{
    /// <summary>The functions of the native library. They are bound when the first one is needed.</summary>
    internal static unsafe class Native
    {
        /// <summary>The interface that this assembly was written for.</summary>
        internal const uint Interface = 1;

        internal const int Ok = 0;
        internal const int ServiceError = 1;
        internal const int Cancelled = -5;
        internal const int ShutDown = -6;

        /// <summary>Bytes that the library owns until they are freed.</summary>
        [StructLayout(LayoutKind.Sequential)]
        internal struct Buffer
        {
            public IntPtr Pointer;
            public UIntPtr Length;
            public UIntPtr Capacity;

            /// <summary>A copy of the bytes; the library's are freed.</summary>
            internal byte[] Take()
            {
                try
                {
                    return Copy(Pointer, Length);
                }
                finally
                {
                    BufFree(ref this);
                }
            }
        }

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate void Callback(IntPtr userData, int status, IntPtr bytes, UIntPtr length);
        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate uint AbiVersionFunction();
        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int ClientNewFunction(byte* config, UIntPtr length, out IntPtr client, out Buffer error);
        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate void FreeFunction(IntPtr handle);
        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int CallFunction(IntPtr client, byte* meta, UIntPtr metaLength, byte* body, UIntPtr bodyLength, uint timeout, out Buffer answer);
        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int CallAsyncFunction(IntPtr client, byte* meta, UIntPtr metaLength, byte* body, UIntPtr bodyLength, uint timeout, IntPtr callback, IntPtr userData, out ulong id);
        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int CancelFunction(IntPtr client, ulong id);
        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int OpenFunction(IntPtr client, byte* meta, UIntPtr metaLength, byte* body, UIntPtr bodyLength, out IntPtr opened, out Buffer error);
        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int StreamNextFunction(IntPtr stream, uint wait, out Buffer item);
        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int ExchangeNextFunction(IntPtr exchange, out Buffer step);
        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int ExchangeAnswerFunction(IntPtr exchange, int status, byte* headers, UIntPtr headersLength, byte* body, UIntPtr bodyLength);
        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int ExchangeFailedFunction(IntPtr exchange, int step, int maybeSent, byte* text, UIntPtr length);
        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int SetLogFunction(IntPtr callback, IntPtr userData, int level);
        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate void BufFreeFunction(ref Buffer buffer);
        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int ShutdownFunction(uint wait);
        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int CredentialFunction(IntPtr client, uint timeout, out Buffer credential);

        internal static readonly ClientNewFunction ClientNew;
        internal static readonly FreeFunction ClientFree;
        internal static readonly CallFunction Call;
        internal static readonly CallAsyncFunction CallAsync;
        internal static readonly CancelFunction Cancel;
        internal static readonly OpenFunction StreamOpen;
        internal static readonly StreamNextFunction StreamNext;
        internal static readonly FreeFunction StreamClose;
        internal static readonly OpenFunction ExchangeNew;
        internal static readonly ExchangeNextFunction ExchangeNext;
        internal static readonly ExchangeAnswerFunction ExchangeAnswer;
        internal static readonly ExchangeFailedFunction ExchangeFailed;
        internal static readonly FreeFunction ExchangeFree;
        internal static readonly SetLogFunction SetLog;
        internal static readonly BufFreeFunction BufFree;
        internal static readonly ShutdownFunction Shutdown;
        internal static readonly CredentialFunction Credential;

        /// <summary>Why the library cannot be used; null when it can.</summary>
        private static readonly string Problem;

        static Native()
        {
            IntPtr library;
            string problem;
            if (!NativeLoader.Open(out library, out problem))
            {
                Problem = problem;
                return;
            }
            try
            {
                AbiVersionFunction version = Bind<AbiVersionFunction>(library, "tcsms_abi_version");
                uint found = version();
                if (found != Interface)
                {
                    Problem = "the native library of tcsms that was found has interface " + found + ", this Tcsms.dll has " + Interface +
                        ": install library and assembly of the same release, and look for an older libtcsms_c in TCSMS_LIBRARY and beside the program";
                    return;
                }
                ClientNew = Bind<ClientNewFunction>(library, "tcsms_client_new");
                ClientFree = Bind<FreeFunction>(library, "tcsms_client_free");
                Call = Bind<CallFunction>(library, "tcsms_call");
                CallAsync = Bind<CallAsyncFunction>(library, "tcsms_call_async");
                Cancel = Bind<CancelFunction>(library, "tcsms_cancel");
                StreamOpen = Bind<OpenFunction>(library, "tcsms_stream_open");
                StreamNext = Bind<StreamNextFunction>(library, "tcsms_stream_next");
                StreamClose = Bind<FreeFunction>(library, "tcsms_stream_close");
                ExchangeNew = Bind<OpenFunction>(library, "tcsms_exchange_new");
                ExchangeNext = Bind<ExchangeNextFunction>(library, "tcsms_exchange_next");
                ExchangeAnswer = Bind<ExchangeAnswerFunction>(library, "tcsms_exchange_answer");
                ExchangeFailed = Bind<ExchangeFailedFunction>(library, "tcsms_exchange_failed");
                ExchangeFree = Bind<FreeFunction>(library, "tcsms_exchange_free");
                SetLog = Bind<SetLogFunction>(library, "tcsms_set_log");
                BufFree = Bind<BufFreeFunction>(library, "tcsms_buf_free");
                Shutdown = Bind<ShutdownFunction>(library, "tcsms_shutdown");
                Credential = Bind<CredentialFunction>(library, "tcsms_credential");
            }
            catch (EntryPointNotFoundException missing)
            {
                Problem = "the native library of tcsms that was found lacks the function " + missing.Message +
                    ": install library and assembly of the same release";
                return;
            }
            BlockingCalls.WatchTheEnd();
        }

        /// <summary>Throws when the library cannot be used.</summary>
        internal static void Require()
        {
            if (Problem != null)
                throw TencentCloudSDKException.Local("config", Problem);
        }

        internal static byte[] Copy(IntPtr pointer, UIntPtr length)
        {
            byte[] bytes = new byte[checked((int)length)];
            if (bytes.Length > 0)
                Marshal.Copy(pointer, bytes, 0, bytes.Length);
            return bytes;
        }

        internal static UIntPtr Length(byte[] bytes)
        {
            return new UIntPtr((uint)bytes.Length);
        }

        private static T Bind<T>(IntPtr library, string name) where T : class
        {
            IntPtr address = NativeLoader.Find(library, name);
            if (address == IntPtr.Zero)
                throw new EntryPointNotFoundException(name);
            return (T)(object)Marshal.GetDelegateForFunctionPointer(address, typeof(T));
        }
    }

    /// <summary>Finds and opens the native library.</summary>
    internal static class NativeLoader
    {
        private const int Now = 2;

        [DllImport("libdl.so.2", EntryPoint = "dlopen")]
        private static extern IntPtr LinuxOpen(string path, int flags);
        [DllImport("libdl.so.2", EntryPoint = "dlsym")]
        private static extern IntPtr LinuxFind(IntPtr library, string name);
        [DllImport("libdl.so.2", EntryPoint = "dlerror")]
        private static extern IntPtr LinuxError();
        [DllImport("libSystem.dylib", EntryPoint = "dlopen")]
        private static extern IntPtr MacOpen(string path, int flags);
        [DllImport("libSystem.dylib", EntryPoint = "dlsym")]
        private static extern IntPtr MacFind(IntPtr library, string name);
        [DllImport("kernel32", EntryPoint = "LoadLibraryW", CharSet = CharSet.Unicode, SetLastError = true)]
        private static extern IntPtr WindowsOpen(string path);
        [DllImport("kernel32", EntryPoint = "GetProcAddress", CharSet = CharSet.Ansi, ExactSpelling = true)]
        private static extern IntPtr WindowsFind(IntPtr library, string name);

        private static bool IsWindows
        {
            get { return Path.DirectorySeparatorChar == '\\'; }
        }

        private static readonly bool IsMac = !IsWindows && Directory.Exists("/System/Library/CoreServices");

        private static string FileName
        {
            get { return IsWindows ? "tcsms_c.dll" : IsMac ? "libtcsms_c.dylib" : "libtcsms_c.so"; }
        }

        private static string Platform
        {
            get
            {
                string system = IsWindows ? "win" : IsMac ? "osx" : "linux";
                bool arm = Environment.GetEnvironmentVariable("PROCESSOR_ARCHITECTURE") == "ARM64";
                return system + (IntPtr.Size == 4 ? "-x86" : arm ? "-arm64" : "-x64");
            }
        }

        /// <summary>Opens the file that TCSMS_LIBRARY names, else the first one that is found beside this assembly.</summary>
        internal static bool Open(out IntPtr library, out string problem)
        {
            problem = null;
            string named = Environment.GetEnvironmentVariable("TCSMS_LIBRARY");
            if (!string.IsNullOrEmpty(named))
            {
                if (TryOpen(named, out library, out problem))
                    return true;
                problem = "the native library of tcsms that TCSMS_LIBRARY names, " + named + ", cannot be loaded: " + problem;
                return false;
            }
            foreach (string path in Places())
            {
                if (!File.Exists(path))
                    continue;
                if (TryOpen(path, out library, out problem))
                    return true;
                problem = "the native library of tcsms " + path + " cannot be loaded: " + problem +
                    " (it must be the one for " + Platform + ")";
                return false;
            }
            // The system's own search, such as LD_LIBRARY_PATH.
            if (TryOpen(FileName, out library, out problem))
                return true;
            problem = "the native library of tcsms, " + FileName + " for " + Platform + ", was not found beside Tcsms.dll, in runtimes/" + Platform +
                "/native, or where the system looks for libraries: put it beside the program, or set TCSMS_LIBRARY to its path";
            return false;
        }

        /// <summary>The address of a function; zero when there is none.</summary>
        internal static IntPtr Find(IntPtr library, string name)
        {
            return IsWindows ? WindowsFind(library, name) : IsMac ? MacFind(library, name) : LinuxFind(library, name);
        }

        private static IEnumerable<string> Places()
        {
            List<string> folders = new List<string>();
            try
            {
                string own = typeof(NativeLoader).Assembly.Location;
                if (!string.IsNullOrEmpty(own))
                    folders.Add(Path.GetDirectoryName(own));
            }
            catch (NotSupportedException)
            {
                // An assembly that was loaded from memory has no place.
            }
            folders.Add(AppDomain.CurrentDomain.BaseDirectory);
            // Where .NET unpacked the native files of packages.
            string known = AppDomain.CurrentDomain.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string;
            if (known != null)
                folders.AddRange(known.Split(new[] { Path.PathSeparator }, StringSplitOptions.RemoveEmptyEntries));
            foreach (string folder in folders)
            {
                if (string.IsNullOrEmpty(folder))
                    continue;
                yield return Path.Combine(folder, FileName);
                string native = Path.Combine("runtimes", Platform, "native", FileName);
                yield return Path.Combine(folder, native);
                // The folder of the package, when the assembly is used from its lib/FRAMEWORK.
                yield return Path.Combine(folder, Path.Combine("..", "..", native));
            }
        }

        private static bool TryOpen(string path, out IntPtr library, out string problem)
        {
            problem = null;
            try
            {
                library = IsWindows ? WindowsOpen(path) : IsMac ? MacOpen(path, Now) : LinuxOpen(path, Now);
            }
            catch (DllNotFoundException missing)
            {
                library = IntPtr.Zero;
                problem = "this system has no glibc of the usual name (" + missing.Message + ")";
                return false;
            }
            if (library != IntPtr.Zero)
                return true;
            if (IsWindows)
                problem = "error " + Marshal.GetLastWin32Error();
            else
                problem = IsMac ? "dlopen refused it" : Marshal.PtrToStringAnsi(LinuxError()) ?? "dlopen refused it";
            return false;
        }
    }
}

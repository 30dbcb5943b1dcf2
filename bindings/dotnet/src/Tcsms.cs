// What concerns the library as a whole: its log, and its end.

using System;
using System.Runtime.InteropServices;
using System.Text;

namespace TencentCloud.Common
{
    /// <summary>What concerns the library as a whole.</summary>
    public static class Tcsms
    {
        private static readonly Native.Callback LogCallback = Logged;
        private static Action<int, string> sink;

        /// <summary>
        /// Gives each line of the library's log to <paramref name="log"/>, with its level: 1 errors, 2 warnings, 3 what happened, 4 details,
        /// 5 everything. Secrets and phone numbers are masked. It is called on any thread, and what it throws is dropped.
        /// </summary>
        /// <param name="log">Takes the lines; null: nobody does.</param>
        /// <param name="level">The finest level that is told; 0: none.</param>
        public static void SetLog(Action<int, string> log, int level)
        {
            Native.Require();
            sink = log;
            IntPtr callback = log == null ? IntPtr.Zero : Marshal.GetFunctionPointerForDelegate(LogCallback);
            Native.SetLog(callback, IntPtr.Zero, log == null ? 0 : level);
        }

        /// <summary>
        /// Ends the library's thread. Calls under way end with an error of the kind shut_down, and every later one does too; there is no way
        /// back. It happens by itself when the process ends.
        /// </summary>
        /// <param name="milliseconds">The longest that is waited.</param>
        /// <returns>Whether all ended within this time.</returns>
        public static bool Shutdown(int milliseconds)
        {
            Native.Require();
            return Native.Shutdown((uint)Math.Max(0, milliseconds)) == Native.Ok;
        }

        private static void Logged(IntPtr userData, int level, IntPtr text, UIntPtr length)
        {
            try
            {
                Action<int, string> log = sink;
                if (log != null)
                    log(level, Encoding.UTF8.GetString(Native.Copy(text, length)));
            }
            catch (Exception)
            {
                // Nothing may be thrown into the library.
            }
        }
    }
}

// What goes wrong between a test and the service.

using System;

namespace TencentCloud.Testing
{
    /// <summary>The service refused a request of a test to its control API, or could not be asked.</summary>
    public sealed class ControlException : Exception
    {
        internal ControlException(int status, string code, string message, Exception inner)
            : base(message, inner)
        {
            Status = status;
            Code = code;
        }

        /// <summary>The HTTP status; 0 when no answer came.</summary>
        public int Status { get; }

        /// <summary>The word for programs, such as <c>NotFound</c>; <c>Unreachable</c> when no answer came.</summary>
        public string Code { get; }
    }

    /// <summary>The messages that a test waited for did not come. The text has those that came near.</summary>
    public sealed class MessageMissingException : Exception
    {
        internal MessageMissingException(string message)
            : base(message)
        {
        }
    }
}

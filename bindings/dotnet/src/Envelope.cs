// The envelope of an answer, for programs that read one themselves.

namespace TencentCloud.Common
{
    /// <summary>An answer as it stands in its envelope.</summary>
    public class JsonResponseModel<T>
    {
        /// <summary>What the envelope holds.</summary>
        public T Response { get; set; }
    }

    /// <summary>A refusal as it stands in the envelope.</summary>
    public class JsonResponseErrModel
    {
        /// <summary>The id under which the service logged the call.</summary>
        public string RequestId { get; set; }

        /// <summary>Why it was refused.</summary>
        public ErrorInfo Error { get; set; }
    }

    /// <summary>Code and message of a refusal.</summary>
    public class ErrorInfo
    {
        /// <summary>The code, such as <c>InternalError.Timeout</c>.</summary>
        public string Code { get; set; }

        /// <summary>The message.</summary>
        public string Message { get; set; }
    }
}

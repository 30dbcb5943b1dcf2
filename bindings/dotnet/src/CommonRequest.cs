// A request of any action.

using System;
using System.Collections.Generic;

namespace TencentCloud.Common
{
    /// <summary>A request of any action, from JSON or from an object with the parameters as properties.</summary>
    public sealed class CommonRequest : AbstractModel, ISerializable
    {
        private readonly string json;
        private readonly object parameters;

        /// <summary>The parameters as a JSON object.</summary>
        public CommonRequest(string jsonStr)
        {
            if (jsonStr == null)
                throw new ArgumentNullException("jsonStr");
            json = jsonStr;
        }

        /// <summary>
        /// The parameters as an object: a model, a dictionary, or any object with properties, such as
        /// <c>new { Limit = 10, SmsSdkAppId = "1400787878" }</c>. It is read at each call.
        /// </summary>
        public CommonRequest(object serializable)
        {
            if (serializable == null)
                throw new ArgumentNullException("serializable");
            parameters = serializable;
        }

        /// <summary>Adds the parameters to a map of names and texts; each name begins with the prefix.</summary>
        public override void ToMap(Dictionary<string, string> map, string prefix)
        {
            Dictionary<string, string> plain = new Dictionary<string, string>();
            ParameterMap.PutAny(plain, "", JsonMapper.FromJson(Serialize(), typeof(object)));
            foreach (KeyValuePair<string, string> entry in plain)
                map[prefix + entry.Key] = entry.Value;
        }

        /// <summary>The JSON object that is sent.</summary>
        public string Serialize()
        {
            if (json != null)
                return json;
            AbstractModel model = parameters as AbstractModel;
            return model != null ? model.ToRequestJson() : JsonMapper.ToJson(parameters);
        }

        internal override void WriteMembers(JsonWriter writer)
        {
            JsonReader reader = new JsonReader(Serialize());
            reader.Object(delegate(string name)
            {
                writer.Name(name);
                writer.Raw(reader.Skip());
            });
            reader.End();
        }
    }
}

// What all requests, answers and their parts have in common.

using System.Collections.Generic;
using System.Globalization;

namespace TencentCloud.Common
{
    /// <summary>A request, an answer, or a part of one. A property that is null is not set, and is not sent.</summary>
    public abstract class AbstractModel
    {
        /// <summary>Adds what is set to a map of names and texts; each name begins with the prefix.</summary>
        public abstract void ToMap(Dictionary<string, string> map, string prefix);

        /// <summary>Whether the answer comes as server-sent events.</summary>
        public virtual bool IsStream
        {
            get { return false; }
        }

        /// <summary>The model as a JSON object, in the order of its definition. What is not set is null.</summary>
        public static string ToJsonString<V>(V obj) where V : AbstractModel
        {
            JsonWriter writer = new JsonWriter(true);
            writer.Model(obj);
            return writer.ToString();
        }

        /// <summary>
        /// Reads a JSON text into a model, or any other class with public properties. Members that it does not have are left out.
        /// </summary>
        /// <exception cref="System.FormatException">The text is no JSON, or does not fit.</exception>
        public static V FromJsonString<V>(string json)
        {
            if (json == null)
                throw new System.ArgumentNullException("json");
            return (V)JsonMapper.FromJson(json, typeof(V));
        }

        /// <summary>What is sent: the members that are set.</summary>
        internal string ToRequestJson()
        {
            JsonWriter writer = new JsonWriter(false);
            writer.Model(this);
            return writer.ToString();
        }

        internal virtual void WriteMembers(JsonWriter writer)
        {
            JsonMapper.WriteSlots(writer, this, 0);
        }

        internal virtual bool ReadMember(JsonReader reader, string name)
        {
            return JsonMapper.ReadSlot(reader, this, name);
        }
    }

    /// <summary>A request that writes its own JSON.</summary>
    public interface ISerializable
    {
        /// <summary>The JSON object that is sent.</summary>
        string Serialize();
    }

    /// <summary>A request whose body is bytes. Its other properties travel as headers.</summary>
    public interface IOctetRequest
    {
        /// <summary>The body.</summary>
        byte[] OctetBody { get; set; }
    }

    /// <summary>Fills the maps of <see cref="AbstractModel.ToMap"/>.</summary>
    internal static class ParameterMap
    {
        internal static void Put(Dictionary<string, string> map, string prefix, string name, string value)
        {
            if (value != null)
                map[prefix + name] = value;
        }

        internal static void Put(Dictionary<string, string> map, string prefix, string name, ulong? value)
        {
            if (value.HasValue)
                map[prefix + name] = value.Value.ToString(CultureInfo.InvariantCulture);
        }

        internal static void Put(Dictionary<string, string> map, string prefix, string name, long? value)
        {
            if (value.HasValue)
                map[prefix + name] = value.Value.ToString(CultureInfo.InvariantCulture);
        }

        internal static void Put(Dictionary<string, string> map, string prefix, string name, string[] values)
        {
            for (int i = 0; values != null && i < values.Length; i++)
                Put(map, prefix, name + "." + i.ToString(CultureInfo.InvariantCulture), values[i]);
        }

        internal static void Put(Dictionary<string, string> map, string prefix, string name, ulong?[] values)
        {
            for (int i = 0; values != null && i < values.Length; i++)
                Put(map, prefix, name + "." + i.ToString(CultureInfo.InvariantCulture), values[i]);
        }

        internal static void Put(Dictionary<string, string> map, string prefix, string name, AbstractModel value)
        {
            if (value != null)
                value.ToMap(map, prefix + name + ".");
        }

        internal static void Put(Dictionary<string, string> map, string prefix, string name, AbstractModel[] values)
        {
            for (int i = 0; values != null && i < values.Length; i++)
                Put(map, prefix, name + "." + i.ToString(CultureInfo.InvariantCulture), values[i]);
        }

        /// <summary>Takes apart what was read from JSON.</summary>
        internal static void PutAny(Dictionary<string, string> map, string name, object value)
        {
            Dictionary<string, object> members = value as Dictionary<string, object>;
            List<object> elements = value as List<object>;
            if (members != null)
            {
                string prefix = name.Length == 0 ? "" : name + ".";
                foreach (KeyValuePair<string, object> member in members)
                    PutAny(map, prefix + member.Key, member.Value);
            }
            else if (elements != null)
            {
                for (int i = 0; i < elements.Count; i++)
                    PutAny(map, name + "." + i.ToString(CultureInfo.InvariantCulture), elements[i]);
            }
            else if (value is bool)
            {
                map[name] = (bool)value ? "true" : "false";
            }
            else if (value != null)
            {
                map[name] = System.Convert.ToString(value, CultureInfo.InvariantCulture);
            }
        }
    }
}

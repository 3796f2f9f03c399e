using System.Security.Cryptography;
using System.Text.Json;

namespace AgentControl.Core.Json;

/// <summary>JSON with sorted members and no blanks, so that equal values have equal hashes.</summary>
public static class CanonicalJson
{
    public static byte[] Hash<T>(T value) =>
        SHA256.HashData(Bytes(JsonSerializer.SerializeToElement(value, JournalJson.Options)));

    public static byte[] Bytes(JsonElement element)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            Write(writer, element);
        return stream.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in element.EnumerateObject().OrderBy(m => m.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value);
                }
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                    Write(writer, item);
                writer.WriteEndArray();
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }
}

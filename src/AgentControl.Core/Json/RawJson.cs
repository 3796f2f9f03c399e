using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentControl.Core.Json;

/// <summary>A JSON value as its recorded bytes: it travels into answers without being read and written anew.</summary>
[JsonConverter(typeof(Converter))]
public sealed class RawJson(byte[] utf8)
{
    public byte[] Utf8 { get; } = utf8;

    [return: NotNullIfNotNull(nameof(utf8))]
    public static RawJson? Of(byte[]? utf8) => utf8 is null ? null : new(utf8);

    [return: NotNullIfNotNull(nameof(text))]
    public static RawJson? Of(string? text) => text is null ? null : new(System.Text.Encoding.UTF8.GetBytes(text));

    public JsonElement ToElement() => JsonElement.Parse(Utf8);

    public override string ToString() => System.Text.Encoding.UTF8.GetString(Utf8);

    private sealed class Converter : JsonConverter<RawJson>
    {
        public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var element = JsonElement.ParseValue(ref reader);
            return new(JsonSerializer.SerializeToUtf8Bytes(element));
        }

        // The bytes were written by this program's own serialiser, so they are valid.
        public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) =>
            writer.WriteRawValue(value.Utf8, skipInputValidation: true);
    }
}

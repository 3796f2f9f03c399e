using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentControl.Web.Hosting;

/// <summary>How the API writes and reads JSON: camelCase, lower-camel words, instants in UTC with a Z.</summary>
internal static class ApiJson
{
    /// <summary>For answers, the hub and everything that programs read.</summary>
    public static JsonSerializerOptions Options { get; } =
        Frozen(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    /// <summary>For requests: unknown and doubled fields are errors, not noise.</summary>
    public static JsonSerializerOptions Strict { get; } =
        Frozen(
            new JsonSerializerOptions(JsonSerializerDefaults.Web)
            {
                UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
                AllowDuplicateProperties = false,
                NumberHandling = JsonNumberHandling.Strict,
            }
        );

    public static void Apply(JsonSerializerOptions options)
    {
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.Converters.Add(new UtcInstants());
    }

    private static JsonSerializerOptions Frozen(JsonSerializerOptions options)
    {
        Apply(options);
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    private sealed class UtcInstants : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(
            ref Utf8JsonReader reader,
            Type typeToConvert,
            JsonSerializerOptions options
        ) => reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
        {
            Span<char> text = stackalloc char[32];
            value.UtcDateTime.TryFormat(
                text,
                out var length,
                "yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'",
                CultureInfo.InvariantCulture
            );
            writer.WriteStringValue(text[..length]);
        }
    }
}

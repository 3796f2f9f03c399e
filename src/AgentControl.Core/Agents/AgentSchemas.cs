using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using AgentControl.Core.Json;

namespace AgentControl.Core.Agents;

/// <summary>JSON Schemas of inputs and outputs, with the words and limits of the records' attributes.</summary>
public static class AgentSchemas
{
    private static readonly JsonSchemaExporterOptions Open = new()
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = Describe,
    };

    private static readonly JsonSchemaExporterOptions Closed = new()
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = (context, schema) => Close(Describe(context, schema)),
    };

    public static JsonNode Of(Type type) => JournalJson.Options.GetJsonSchemaAsNode(type, Open);

    /// <summary>A schema without room for unknown members: a misspelt one is told, not left out in silence.</summary>
    public static JsonNode OfInput(Type type) => JournalJson.Options.GetJsonSchemaAsNode(type, Closed);

    private static JsonNode Close(JsonNode schema)
    {
        if (schema is JsonObject node && node["properties"] is not null)
            node["additionalProperties"] = false;
        return schema;
    }

    private static JsonNode Describe(JsonSchemaExporterContext context, JsonNode schema)
    {
        // A member that takes any JSON and may be left out comes without its property.
        if (schema is JsonObject whole && whole["properties"] is JsonObject members)
            foreach (var property in context.TypeInfo.Properties)
                if (IsBare(members[property.Name]) && property.AttributeProvider is { } its)
                    members[property.Name] = Describe(its, members[property.Name]!.DeepClone());
        return context.PropertyInfo?.AttributeProvider is { } provider ? Describe(provider, schema) : schema;
    }

    private static bool IsBare(JsonNode? schema) =>
        schema is JsonValue || (schema is JsonObject node && node.All(word => word.Key == "default"));

    private static JsonNode Describe(ICustomAttributeProvider provider, JsonNode schema)
    {
        // A member that takes any JSON says 'true', which has no room for words and is not understood everywhere.
        if (schema is JsonValue anything && anything.TryGetValue<bool>(out var isAnything) && isAnything)
            schema = new JsonObject();
        if (schema is not JsonObject node)
            return schema;
        T? Find<T>()
            where T : Attribute => provider.GetCustomAttributes(typeof(T), inherit: true).OfType<T>().FirstOrDefault();
        if (Find<JsonSchemaAttribute>() is { } written)
        {
            var byHand = JsonNode.Parse(written.Schema)!.AsObject();
            if (node["default"] is { } given)
                byHand["default"] = given.DeepClone();
            node = byHand;
        }
        if (Find<DescriptionAttribute>() is { } description)
            node["description"] = description.Description;
        if (Find<DisplayNameAttribute>() is { } title)
            node["title"] = title.DisplayName;
        if (Find<DataTypeAttribute>() is { CustomDataType: { } format })
            node["format"] = format;
        if (Find<RangeAttribute>() is { } range)
        {
            node["minimum"] = JsonValue.Create(
                Convert.ToDouble(range.Minimum, System.Globalization.CultureInfo.InvariantCulture)
            );
            node["maximum"] = JsonValue.Create(
                Convert.ToDouble(range.Maximum, System.Globalization.CultureInfo.InvariantCulture)
            );
        }
        if (Find<AllowedValuesAttribute>() is { } allowed)
            node["enum"] = new JsonArray([.. allowed.Values.Select(v => JsonValue.Create(v?.ToString()))]);
        return node;
    }
}

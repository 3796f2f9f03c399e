using System.Diagnostics.CodeAnalysis;

namespace AgentControl.Core.Agents;

/// <summary>
/// Says by hand what a member takes, where its type and the other attributes cannot: a choice between kinds, an example, a unit.
/// <code>[property: JsonSchema("""{ "type": "number", "x-unit": "kg", "examples": [12.5] }""")] decimal Weight</code>
/// </summary>
/// <param name="schema">A JSON object, which stands in the place of the schema that the type would give.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class JsonSchemaAttribute([StringSyntax(StringSyntaxAttribute.Json)] string schema) : Attribute
{
    public string Schema { get; } = schema;
}

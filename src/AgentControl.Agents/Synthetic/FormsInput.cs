using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using AgentControl.Core.Agents;

namespace AgentControl.Agents.Synthetic;

/// <summary>One member of every kind that a form can ask for.</summary>
public sealed record FormsInput(
    [property:
        Description("One line."),
        JsonSchema("""{ "type": "string", "maxLength": 80, "examples": ["ACME GmbH"] }""")
    ]
        string Customer,
    [property: Description("One of many."), AllowedValues("AT", "BE", "CH", "DE", "FR", "IT", "NL")] string Country,
    [property: JsonSchema(
        """
            { "oneOf": [
                { "type": "object", "title": "Card", "required": ["card"], "properties": { "card": { "type": "string" } } },
                { "type": "number", "title": "Cash" } ] }
            """
    )]
        JsonNode Payment,
    [property: Description("Anything.")] JsonNode Extra,
    [property: DataType("textarea")] string? Notes = null,
    [property: DataType("password")] string? Secret = null,
    [property: DataType("email")] string? Mail = null,
    [property: DataType("uri")] string? Site = null,
    [property: DataType("date")] string? Due = null,
    [property: DataType("date-time"), Description("A moment.")] string? At = null,
    [property: DataType("folder"), Description("A folder of the workspace.")] string? Folder = null,
    [property: JsonSchema(
        """{ "type": ["number", "null"], "minimum": 0, "maximum": 100, "x-unit": "kg", "examples": [12.5] }"""
    )]
        decimal? Weight = null,
    [property: Range(1, 10)] int Copies = 3,
    bool DryRun = false,
    [property: Description("One of few."), AllowedValues("fast", "careful")] string Mode = "careful",
    [property: Description("As many as are wanted.")] IReadOnlyList<string>? Tags = null,
    FormsAddress? Address = null
);

/// <summary>Members that belong together.</summary>
public sealed record FormsAddress(string? Street = null, string? City = null);

/// <summary>What was put in.</summary>
public sealed record FormsOutput(FormsInput Values);

using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentControl.Agents;
using AgentControl.Agents.Assistant;
using AgentControl.Agents.Mcp;
using AgentControl.Agents.Web;
using AgentControl.Core.Agents;
using AgentControl.Core.Json;
using AgentControl.Engine.Agents;
using AgentControl.Engine.Mcp;
using AgentControl.Engine.Queues;
using AgentControl.Web.Jobs.Form;

namespace AgentControl.Web.Agents;

/// <summary>Assistants that admins define in the running program: what their settings may be, and the agents made of them.</summary>
internal sealed class AssistantMaker(IConfiguration configuration, IServiceProvider services) : IDefinedAgents
{
    private const string Models = "AgentControl:Models";
    private const int LongestDescription = 500;
    private const int LongestInstructions = 50_000;

    private readonly Lazy<GuardedFetch> web = new(() =>
        new GuardedFetch(configuration.GetSection(AssistantsReader.PrivateHosts).Get<string[]>())
    );

    /// <summary>What the settings may be: the form is made from it, and what comes is held to it.</summary>
    /// <param name="serverTools">Tools of MCP servers that may have a policy.</param>
    public JsonNode Schema(IEnumerable<string>? serverTools = null)
    {
        var usual = new AssistantSettings("");
        var routes = configuration.GetSection(Models).GetChildren().Select(r => r.Key).Order(StringComparer.Ordinal);
        var agents = services.GetRequiredService<AgentCatalog>().All.Where(a => !a.Internal).Select(a => a.Name);
        var schema = new JsonObject
        {
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["required"] = Words(["description"]),
            ["properties"] = new JsonObject
            {
                ["description"] = Text(
                    "What it is for",
                    "As people see it where they choose an agent.",
                    LongestDescription
                ),
                ["instructions"] = Text(
                    "Instructions",
                    "What it is told about its work, before everything else.",
                    LongestInstructions,
                    "textarea"
                ),
                ["route"] = RouteOf([.. routes], usual.Route),
                ["queue"] = Text("Queue", "Where its jobs go.", 50, initial: usual.Queue),
                ["tools"] = new JsonObject
                {
                    ["type"] = "object",
                    ["title"] = "Tools",
                    ["description"] =
                        "Allow runs it, ask shows a person the exact arguments first, deny takes it away.",
                    ["additionalProperties"] = false,
                    ["properties"] = new JsonObject(
                        Toolbox
                            .Names.Concat(serverTools ?? [])
                            .Select(tool => KeyValuePair.Create<string, JsonNode?>(tool, PolicyOf(tool)))
                    ),
                },
                ["agents"] = new JsonObject
                {
                    ["type"] = "array",
                    ["title"] = "Agents it may start",
                    ["description"] = "Without one, it has no tool for that.",
                    ["items"] = OneOf(agents.Order(StringComparer.Ordinal)),
                },
                ["mcpServers"] = new JsonObject
                {
                    ["type"] = "array",
                    ["title"] = "MCP servers",
                    ["description"] =
                        "Whose tools it may use. Each tool asks, unless a policy is chosen above for server__tool.",
                    ["items"] = ServerOf(Servers),
                },
                ["notes"] = new JsonObject
                {
                    ["type"] = "boolean",
                    ["title"] = "Keeps notes",
                    ["description"] = "What it writes down outlives a job, and people can read and edit it.",
                    ["default"] = usual.Notes,
                },
                ["maxTurns"] = Number(
                    "Most turns",
                    "After so many answers without a final one the job fails.",
                    "integer",
                    1,
                    1_000,
                    usual.MaxTurns
                ),
                ["contextTokens"] = Number(
                    "Window, in tokens",
                    "What the model can read at once. Empty: what is known of the route's model.",
                    "integer",
                    2_000,
                    10_000_000
                ),
                ["maxOutputTokens"] = Number(
                    "Longest answer, in tokens",
                    "Empty: the route's.",
                    "integer",
                    1,
                    1_000_000
                ),
                ["temperature"] = Number("Temperature", "0 to 2. Empty: the model's own.", "number", 0, 2),
                ["budget"] = new JsonObject
                {
                    ["type"] = "object",
                    ["title"] = "Budget",
                    ["description"] =
                        "What each of its jobs may use, unless its submission says it. At 80 % it warns, at 100 % a person is asked.",
                    ["additionalProperties"] = false,
                    ["properties"] = new JsonObject
                    {
                        ["costUsd"] = Limit("US dollars", "number"),
                        ["tokens"] = Limit("Tokens", "integer"),
                        ["modelCalls"] = Limit("Model calls", "integer"),
                        ["wallSeconds"] = Limit("Seconds of work", "number"),
                    },
                },
            },
        };
        // Read again, its numbers are what JSON says, and of no type of ours.
        return JsonNode.Parse(schema.ToJsonString())!;
    }

    public async Task<IReadOnlyDictionary<string, string[]>> CheckAsync(
        string name,
        JsonElement settings,
        CancellationToken cancellationToken
    )
    {
        if (settings.ValueKind != JsonValueKind.Object)
            return new Dictionary<string, string[]> { ["settings"] = ["Give a JSON object."] };
        var schema = JsonSerializer.SerializeToElement(Schema(ServerTools(settings)));
        var queues = await services.GetRequiredService<QueueQueries>().NamesAsync(cancellationToken);
        // Where it works already its jobs find their workers, or wait for one that comes back.
        var now = services.GetRequiredService<AgentCatalog>().Find(name)?.Queue;
        return AssistantRules.Check(settings, schema, [.. queues], now);
    }

    /// <summary>The tools in settings that are one of a configured server's.</summary>
    public IEnumerable<string> ServerTools(JsonElement settings) =>
        settings.TryGetProperty("tools", out var tools) && tools.ValueKind == JsonValueKind.Object
            ? tools
                .EnumerateObject()
                .Select(t => t.Name)
                .Where(t => McpNames.IsOne(t, out var server) && Servers.Contains(server))
                .Distinct(StringComparer.Ordinal)
            : [];

    /// <summary>The tools with which the configured servers were accepted, as policies name them: one group a server, in the order of the server.</summary>
    public async Task<IReadOnlyList<string>> AcceptedToolsAsync(CancellationToken cancellationToken)
    {
        var pins = services.GetRequiredService<McpPins>();
        var names = new List<string>();
        foreach (var server in Servers)
        {
            var pin = await pins.FindAsync(server, cancellationToken);
            names.AddRange(
                pin?.Tools.Select(t => McpNames.Of(server, t.Name)).Where(name => McpNames.Problem(name) is null) ?? []
            );
        }
        return names;
    }

    /// <summary>Stored settings with the defaults of what they leave out, as the form shows them.</summary>
    public static JsonNode WithDefaults(JsonNode settings, JsonNode schema)
    {
        var whole = settings.DeepClone().AsObject();
        foreach (var (name, field) in schema["properties"]!.AsObject())
        {
            if (!whole.ContainsKey(name) && field!["default"] is { } initial)
                whole[name] = initial.DeepClone();
        }
        return whole;
    }

    public AgentDefinition Make(string name, string settings)
    {
        try
        {
            var json = JsonNode.Parse(settings)!.AsObject();
            json["name"] = name;
            return BuiltInAgents.AssistantOf(
                JournalJson.Deserialize<AssistantSettings>(Encoding.UTF8.GetBytes(json.ToJsonString()))!,
                () => web.Value
            );
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            throw new FormatException($"The settings of agent '{name}' cannot be read.", problem);
        }
    }

    private string[] Servers =>
        [.. configuration.GetSection(McpServersReader.Section).GetChildren().Select(s => s.Key)];

    /// <summary>Where none is configured, no name is right.</summary>
    private static JsonObject ServerOf(string[] servers) =>
        servers.Length == 0 ? new() { ["type"] = "string", ["maxLength"] = 0 } : OneOf(servers);

    /// <summary>Names of things, which people are shown as they are.</summary>
    private static JsonObject OneOf(IEnumerable<string> names) =>
        new() { ["enum"] = Words(names), [FieldSchema.NamesKey] = true };

    private static JsonObject RouteOf(IReadOnlyList<string> routes, string initial)
    {
        var route = Text(
            "Model route",
            $"Which models answer, by a name of {Models} in the configuration.",
            100,
            initial: initial
        );
        if (routes.Count > 0)
            (route["enum"], route[FieldSchema.NamesKey]) = (Words(routes), true);
        if (routes.Count > 0 && !routes.Contains(initial))
            route["default"] = routes[0];
        return route;
    }

    private static JsonObject PolicyOf(string tool)
    {
        var (what, policy) = Toolbox.Describe(tool) is { } own
            ? (own.Description, own.Policy)
            : ("A tool of an MCP server.", ToolPolicy.Ask);
        return new()
        {
            ["title"] = tool,
            ["description"] = $"{what} Without a choice: {policy.ToString().ToLowerInvariant()}.",
            ["enum"] = Words(["allow", "ask", "deny"]),
        };
    }

    /// <summary>A limit of a budget, whose own rules are checked behind the schema.</summary>
    private static JsonObject Limit(string title, string type)
    {
        var limit = Node(title, "Empty: no limit.", type, null);
        limit["type"] = Words([type, "null"]);
        return limit;
    }

    private static JsonObject Text(
        string title,
        string description,
        int longest,
        string? format = null,
        string? initial = null
    )
    {
        var text = Node(title, description, "string", initial);
        text["maxLength"] = longest;
        if (format is not null)
            text["format"] = format;
        return text;
    }

    private static JsonObject Number(
        string title,
        string description,
        string type,
        int least,
        int most,
        int? initial = null
    )
    {
        var number = Node(title, description, type, initial);
        if (initial is null)
            number["type"] = Words([type, "null"]);
        number["minimum"] = least;
        number["maximum"] = most;
        return number;
    }

    private static JsonObject Node(string title, string description, string type, JsonNode? initial)
    {
        var node = new JsonObject
        {
            ["type"] = type,
            ["title"] = title,
            ["description"] = description,
        };
        if (initial is not null)
            node["default"] = initial;
        return node;
    }

    private static JsonArray Words(IEnumerable<string> words) => new([.. words.Select(w => JsonValue.Create(w))]);
}

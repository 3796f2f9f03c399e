using System.Globalization;
using AgentControl.Agents.Assistant;
using AgentControl.Agents.Mcp;
using AgentControl.Engine.Agents;
using AgentControl.Engine.Budgets;

namespace AgentControl.Web.Agents;

/// <summary>Reads <c>AgentControl:Assistants</c> and tells everything that is wrong with it at once, each with its key and the remedy.</summary>
internal sealed class AssistantsReader
{
    public const string Section = "AgentControl:Assistants";
    public const string PrivateHosts = "AgentControl:Fetch:PrivateHosts";

    private static readonly string[] _keys =
    [
        "Description",
        "Queue",
        "Instructions",
        "Route",
        "MaxTurns",
        "ContextTokens",
        "MaxOutputTokens",
        "Temperature",
        "Budget",
        "Tools",
        "Notes",
        "Agents",
        "McpServers",
    ];

    private readonly List<string> problems = [];
    private readonly List<string> servers = [];

    /// <exception cref="InvalidOperationException">Something is wrong; the message names every key and the remedy.</exception>
    public static IReadOnlyList<AssistantSettings> Read(IConfiguration configuration)
    {
        var reader = new AssistantsReader();
        reader.servers.AddRange(configuration.GetSection(McpServersReader.Section).GetChildren().Select(s => s.Key));
        var all = configuration.GetSection(Section).GetChildren().Select(reader.ReadOne).ToList();
        return reader.problems.Count == 0
            ? all
            : throw new InvalidOperationException(string.Join(Environment.NewLine, reader.problems));
    }

    private AssistantSettings ReadOne(IConfigurationSection section)
    {
        if (!section.Key.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.'))
            Wrong(section.Path, "is no name", "Use a-z, 0-9, '-', '_' and '.'");
        if (section.Key == DefinitionCommands.TakenName)
            Wrong(section.Path, "is the address where new assistants are made", "Choose another name");
        foreach (var key in section.GetChildren().Where(c => !_keys.Contains(c.Key, StringComparer.OrdinalIgnoreCase)))
            Wrong(key.Path, "is not known", $"Use {string.Join(", ", _keys)}");
        var usual = new AssistantSettings(section.Key);
        var mcpServers = ReadServers(section.GetSection("McpServers"));
        return usual with
        {
            Description = section["Description"] ?? usual.Description,
            Queue = section["Queue"] ?? usual.Queue,
            Instructions = section["Instructions"] ?? "",
            Route = section["Route"] ?? usual.Route,
            MaxTurns = Whole(section, "MaxTurns", 1, 1_000) ?? usual.MaxTurns,
            ContextTokens = Whole(section, "ContextTokens", 2_000, 10_000_000),
            MaxOutputTokens = Whole(section, "MaxOutputTokens", 1, 1_000_000),
            Temperature = Number(section, "Temperature"),
            Budget = AgentBudgets.Read(section.GetSection("Budget"), problems.Add),
            Tools = ReadTools(section.GetSection("Tools"), mcpServers),
            McpServers = mcpServers,
            Notes = Flag(section, "Notes") ?? usual.Notes,
            Agents =
            [
                .. section.GetSection("Agents").GetChildren().Select(a => a.Value ?? "").Where(a => a.Length > 0),
            ],
        };
    }

    private List<string> ReadServers(IConfigurationSection section)
    {
        var names = new List<string>();
        foreach (var name in section.GetChildren())
        {
            if (servers.FirstOrDefault(s => s.Equals(name.Value, StringComparison.OrdinalIgnoreCase)) is not { } server)
                Wrong(name.Path, $"is '{name.Value}'", $"Use a name of {McpServersReader.Section}");
            else if (!names.Contains(server))
                names.Add(server);
        }
        return names;
    }

    private Dictionary<string, ToolPolicy> ReadTools(IConfigurationSection section, IReadOnlyList<string> mcpServers)
    {
        var policies = new Dictionary<string, ToolPolicy>(StringComparer.Ordinal);
        foreach (var tool in section.GetChildren())
        {
            var ofServer = McpNames.IsOne(tool.Key, out var server) && mcpServers.Contains(server);
            if (!ofServer && !Toolbox.Names.Contains(tool.Key, StringComparer.Ordinal))
                Wrong(
                    tool.Path,
                    "is no tool",
                    $"Use {string.Join(", ", [.. Toolbox.Names, .. mcpServers.Select(s => McpNames.Of(s, "{tool}"))])}"
                );
            else if (Enum.TryParse<ToolPolicy>(tool.Value, ignoreCase: true, out var policy) && Enum.IsDefined(policy))
                policies[tool.Key] = policy;
            else
                Wrong(tool.Path, $"is '{tool.Value}'", "Use allow, ask or deny");
        }
        return policies;
    }

    private int? Whole(IConfigurationSection section, string key, int least, int most)
    {
        if (section[key] is not { } text)
            return null;
        if (
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value >= least
            && value <= most
        )
            return value;
        Wrong($"{section.Path}:{key}", $"is '{text}'", $"Use a whole number from {least} to {most}");
        return null;
    }

    private bool? Flag(IConfigurationSection section, string key)
    {
        if (section[key] is not { } text)
            return null;
        if (bool.TryParse(text, out var value))
            return value;
        Wrong($"{section.Path}:{key}", $"is '{text}'", "Use true or false");
        return null;
    }

    private double? Number(IConfigurationSection section, string key)
    {
        if (section[key] is not { } text)
            return null;
        if (
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && value is >= 0 and <= 2
        )
            return value;
        Wrong($"{section.Path}:{key}", $"is '{text}'", "Use a number from 0 to 2");
        return null;
    }

    private void Wrong(string key, string what, string remedy) => problems.Add($"{key} {what}. {remedy}.");
}

using AgentControl.Agents.Assistant.Tools;
using AgentControl.Agents.Web;
using AgentControl.Core.Agents;

namespace AgentControl.Agents.Assistant;

/// <summary>The tools that come with the program.</summary>
public static class Toolbox
{
    private static readonly IReadOnlyList<AssistantTool> _all =
    [
        new ListFilesTool(),
        new ReadFileTool(),
        new WriteFileTool(),
        new FetchTool(() => throw new InvalidOperationException("This one is only described.")),
        new StashTool(),
        new RecallTool(),
        new ReadNotesTool(),
        new WriteNoteTool(),
        new AskPersonTool(),
        new StartJobTool([]),
    ];

    /// <summary>Their names, for whoever checks a configuration.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. _all.Select(tool => tool.Name)];

    /// <summary>A tool's description and policy, for whoever chooses; null for a tool of a server.</summary>
    public static AssistantTool? Describe(string name) => _all.FirstOrDefault(tool => tool.Name == name);

    /// <param name="catalogue">Every agent of the program; the assistant may start those that its settings name.</param>
    public static IReadOnlyList<AssistantTool> For(
        AssistantSettings settings,
        Func<GuardedFetch> web,
        IEnumerable<AgentDefinition> catalogue
    )
    {
        ArgumentNullException.ThrowIfNull(settings);
        List<AssistantTool> tools =
        [
            new ListFilesTool(),
            new ReadFileTool(),
            new WriteFileTool(),
            new FetchTool(web),
            new StashTool(),
            new RecallTool(),
            new AskPersonTool(),
        ];
        if (settings.Notes)
            tools.AddRange([new ReadNotesTool(), new WriteNoteTool()]);
        var offered = catalogue.Where(a => settings.Agents.Contains(a.Name, StringComparer.Ordinal)).ToList();
        if (settings.Agents.Count > 0)
            tools.Add(new StartJobTool(offered));
        return tools;
    }
}

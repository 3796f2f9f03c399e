using AgentControl.Agents.Assistant.Tools;
using AgentControl.Agents.Web;
using AgentControl.Core.Agents;

namespace AgentControl.Agents.Assistant;

/// <summary>The tools that come with the program.</summary>
public static class Toolbox
{
    /// <summary>Their names, for whoever checks a configuration.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "list_files",
        "read_file",
        "write_file",
        "fetch",
        "stash",
        "recall",
        "read_notes",
        "write_note",
        "ask_person",
        "start_job",
    ];

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

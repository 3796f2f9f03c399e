using System.Reflection;

namespace AgentControl.Web.Tests.Architecture;

/// <summary>Which project may know which: Web → Engine → Core ← Agents, and Web → Agents to register them.</summary>
internal static class ProjectWalls
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["AgentControl.Core"] = [],
        ["AgentControl.Agents"] = ["AgentControl.Core"],
        ["AgentControl.Engine"] = ["AgentControl.Core"],
        ["AgentControl.Web"] = ["AgentControl.Core", "AgentControl.Engine", "AgentControl.Agents"],
    };

    private static readonly string BaseLibrary = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    public static IEnumerable<string> Projects => Allowed.Keys;

    public static IEnumerable<string> References(string project) =>
        Assembly.Load(project).GetReferencedAssemblies().Select(reference => reference.Name!);

    public static IEnumerable<string> Crossings(string project, IEnumerable<string> references) =>
        references
            .Where(name => name.StartsWith("AgentControl.", StringComparison.Ordinal))
            .Except(Allowed[project], StringComparer.Ordinal)
            .Select(name => $"{project} must not know {name}");

    /// <summary>The SDK that authors of agents build on brings no framework along.</summary>
    public static IEnumerable<string> Foreign(IEnumerable<string> references) =>
        references
            .Where(name => !File.Exists(Path.Combine(BaseLibrary, name + ".dll")))
            .Except(["Microsoft.Extensions.AI.Abstractions"], StringComparer.Ordinal)
            .Select(name => $"AgentControl.Core must not know {name}");
}

using AgentControl.Engine.Access;

namespace AgentControl.Web.Tests.Access;

/// <summary>Every route of the program with the least role that it takes. A new route must be listed here.</summary>
internal static class RouteTable
{
    private const string Lines = """
        anyone GET /setup
        anyone GET /signin
        anyone GET /signout
        anyone POST /setup
        anyone POST /signin
        anyone POST /signout

        admin ANY /hangfire/{**path}
        admin DELETE /api/v1/keys/{id:guid}
        admin GET /api/v1/audit
        admin GET /api/v1/keys
        admin GET /settings/keys
        admin POST /api/v1/keys
        admin POST /settings/keys

        viewer ANY /_blazor
        viewer ANY /_blazor/disconnect
        viewer ANY /_blazor/initializers
        viewer ANY /_blazor/negotiate
        viewer GET /_framework/opaque-redirect
        viewer GET /not-found
        viewer GET /workspace/{**Rest}
        viewer GET /{**path:file}
        viewer HEAD /{**path:file}
        viewer POST /not-found
        viewer POST /workspace/{**Rest}
        """;

    /// <summary>By method and pattern; null means anyone.</summary>
    public static IReadOnlyDictionary<string, Role?> All { get; } =
        Lines
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => line.Split(' ', 2, StringSplitOptions.TrimEntries))
            .ToDictionary(parts => parts[1], parts => Least(parts[0]), StringComparer.Ordinal);

    private static Role? Least(string word) =>
        word == "anyone"
            ? null
            : RoleNames.Parse(word) ?? throw new InvalidOperationException($"No such role: {word}.");
}

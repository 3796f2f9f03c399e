using System.Globalization;
using AgentControl.Core.Notes;
using AgentControl.Engine.Access;
using AgentControl.Engine.Agents;
using AgentControl.Engine.Notes;
using AgentControl.Engine.Workspaces;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using AgentControl.Web.Workspaces;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace AgentControl.Web.Notes;

/// <summary>Checks what every route of notes is called with: the role in the workspace, the workspace, the agent and the note's name.</summary>
internal sealed class NoteDoor(AgentCatalog agents, WorkspaceStore workspaces, NoteQueries notes)
{
    public const string Workspace = "workspace";

    private const string VersionRemedy =
        "Send the version that you read: If-Match: \"3\", or expectedVersion in the body. For a note that must not be there yet send If-None-Match: *, or 0.";

    /// <summary>The workspace, or why the caller cannot go on. A missing role is 403.</summary>
    public async Task<(string Workspace, ProblemHttpResult? Problem)> EnterAsync(
        HttpContext context,
        string agent,
        Role least,
        CancellationToken cancellationToken
    )
    {
        var query = new QueryReader(context.Request);
        var workspace = query.Text(Workspace) ?? WorkspaceName.Default;
        if (!WorkspaceName.IsValid(workspace))
            query.Refuse(Workspace, "Name a workspace: lower-case letters, digits and dashes, at most 63.");
        if (query.Problem is { } problem)
            return (workspace, problem);
        context.User.RequireCaller().Require(least, workspace);
        if (!await workspaces.ExistsAsync(workspace, cancellationToken))
            return (workspace, WorkspaceProblems.NoWorkspace(workspace));
        if (agents.Find(agent) is null && !await notes.HasAnyAsync(workspace, agent, cancellationToken))
            return (workspace, Problems.NotFound($"agent {agent}"));
        return (workspace, null);
    }

    /// <summary>As the other overload, with the note of the address. Slashes of its name may stand as %2F.</summary>
    public async Task<(NoteAddress Note, ProblemHttpResult? Problem)> EnterAsync(
        HttpContext context,
        string agent,
        string? note,
        Role least,
        CancellationToken cancellationToken
    )
    {
        var name = (note ?? "").Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        var (workspace, problem) = await EnterAsync(context, agent, least, cancellationToken);
        if (problem is null && !NoteName.IsValid(name))
            problem = Problems.BadField("note", NoteName.Remedy);
        return (new(workspace, agent, name), problem);
    }

    /// <summary>The version that the caller expects, from the headers or the body. What cannot be read is an error, never no expectation.</summary>
    public static bool TryReadExpected(
        HttpRequest request,
        int? body,
        out int? expected,
        out ProblemHttpResult? problem
    )
    {
        (expected, problem) = (body, null);
        var (match, none) = (request.Headers.IfMatch, request.Headers.IfNoneMatch);
        if (body < 0)
            problem = Problems.BadField("expectedVersion", VersionRemedy);
        else if (match.Count + none.Count > 1 || match.Count + none.Count == 1 && body is not null)
            problem = Problems.BadField(HeaderNames.IfMatch, $"Expect one version in one place. {VersionRemedy}");
        else if (none.Count == 1 && none.ToString().Trim() == "*")
            expected = 0;
        else if (none.Count == 1)
            problem = Problems.BadField(HeaderNames.IfNoneMatch, VersionRemedy);
        else if (match.Count == 1 && Version(match.ToString().Trim()) is { } version)
            expected = version;
        else if (match.Count == 1)
            problem = Problems.BadField(HeaderNames.IfMatch, VersionRemedy);
        return problem is null;
    }

    public static string ETag(int version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    private static int? Version(string tag) =>
        tag is ['"', .. var inside, '"']
        && int.TryParse(inside, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
        && version > 0
            ? version
            : null;
}

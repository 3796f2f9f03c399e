using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Workspaces;

/// <summary>How many rows a page has: 1 to 200, 50 unless told.</summary>
internal static class PageLimit
{
    public const int Usual = 50;
    public const int Most = 200;

    public static bool TryRead(int? limit, out int rows)
    {
        rows = limit ?? Usual;
        return rows is >= 1 and <= Most;
    }

    public static ValidationProblem Refuse() => WorkspaceProblems.Invalid("limit", $"Choose 1 to {Most}.");
}

using AgentControl.Engine.Paging;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Mcp;

/// <summary>How much a list of a tool tells at once: an assistant reads every word of it.</summary>
internal static class ToolPages
{
    public const int Usual = 20;
    public const int Most = 100;
    public const string Next = "nextCursor of the page before.";

    /// <summary>Bytes of one answer's items; the page ends before the one that is too much.</summary>
    public const int Bytes = 65_536;

    public static ProblemHttpResult? Problem(string? cursor, Func<string, bool> isValid) =>
        cursor is null || isValid(cursor)
            ? null
            : Problems.BadField("cursor", "Hand back nextCursor as it came, or leave it out for the first page.");

    /// <summary>The items that fit, and the cursor behind the last of them. One item always does.</summary>
    public static Page<T> Fit<T>(Page<T> page, Func<T, int> size, Func<T, string> cursor)
    {
        var (count, bytes) = (0, 0);
        foreach (var item in page.Items)
        {
            bytes += size(item);
            if (count > 0 && bytes > Bytes)
                return new Page<T>([.. page.Items.Take(count)], cursor(page.Items[count - 1]));
            count++;
        }
        return page;
    }
}

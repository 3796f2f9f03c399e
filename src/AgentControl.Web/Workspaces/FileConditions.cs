using AgentControl.Engine.Workspaces;
using Microsoft.Net.Http.Headers;

namespace AgentControl.Web.Workspaces;

/// <summary>If-Match and If-None-Match of a write, as an expectation. A header that cannot be read is an error, never no condition.</summary>
internal static class FileConditions
{
    public static bool TryRead(HttpRequest request, out FileExpectation expect, out string field)
    {
        expect = FileExpectation.Anything;
        field = HeaderNames.IfNoneMatch;
        var none = request.Headers.IfNoneMatch;
        var match = request.Headers.IfMatch;
        if (none.Count > 0)
        {
            expect = FileExpectation.Absent;
            return match.Count == 0 && none.ToString().Trim() == "*";
        }
        if (match.Count == 0)
            return true;
        field = HeaderNames.IfMatch;
        if (match.ToString().Trim() == "*")
        {
            expect = FileExpectation.Exists;
            return true;
        }
        if (!EntityTagHeaderValue.TryParseStrictList(match, out var tags))
            return false;
        // A weak tag never matches a write; it stays in the list as something that no file has.
        expect = FileExpectation.OneOf([.. tags.Select(tag => tag.IsWeak ? "-" : tag.Tag.ToString().Trim('"'))]);
        return true;
    }
}

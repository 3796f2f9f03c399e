namespace AgentControl.Web.Hosting;

/// <summary>Refuses U+0000 in a path or a query: no column can hold it.</summary>
internal sealed class TextDoor(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (Holds(request.Path.Value) || request.QueryString.Value?.Contains("%00", StringComparison.Ordinal) == true)
        {
            return Problems
                .BadField("address", "The address contains the character U+0000. Remove it.")
                .ExecuteAsync(context);
        }
        return next(context);
    }

    private static bool Holds(string? text) =>
        text is not null
        && (text.Contains('\0', StringComparison.Ordinal) || text.Contains("%00", StringComparison.Ordinal));
}

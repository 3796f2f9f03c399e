namespace AgentControl.Web.Hosting;

/// <summary>Refuses U+0000 in a path or a query: no column can hold it. Programs get a problem, people the page of addresses where nothing is.</summary>
internal sealed class TextDoor(RequestDelegate next)
{
    private const string Encoded = "%00";

    public Task InvokeAsync(HttpContext context)
    {
        var (path, query) = (context.Request.Path, context.Request.QueryString.Value ?? "");
        var isForPrograms = path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);
        if (!Holds(path.Value ?? "", isForPrograms) && !query.Contains(Encoded, StringComparison.Ordinal))
            return next(context);
        if (isForPrograms)
            return Problems
                .BadField("address", "The address contains the character U+0000. Remove it.")
                .ExecuteAsync(context);
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return Task.CompletedTask;
    }

    /// <param name="inRoutes">Routes of the API decode what they take from the path once more.</param>
    private static bool Holds(string path, bool inRoutes) =>
        path.Contains('\0', StringComparison.Ordinal) || (inRoutes && path.Contains(Encoded, StringComparison.Ordinal));
}

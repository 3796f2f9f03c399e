namespace AgentControl.Web.Hosting;

/// <summary>Headers that bound what a page may load: scripts only from this program, none inline, and no foreign frame around it.</summary>
internal sealed class PageSecurity(RequestDelegate next)
{
    // Style attributes are the components' way of placing things; pictures from elsewhere load only after a person's click.
    private const string Policy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: https:; font-src 'self'; "
        + "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    private const string OthersPolicy =
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    // Tools of others with inline scripts of their own; behind the admin's role.
    private static readonly string[] _others = ["/hangfire", "/scalar"];

    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        var isOthers = _others.Any(o => context.Request.Path.StartsWithSegments(o, StringComparison.OrdinalIgnoreCase));
        headers.ContentSecurityPolicy = isOthers ? OthersPolicy : Policy;
        return next(context);
    }
}

using System.Security.Cryptography;

namespace AgentControl.Web.Hosting;

/// <summary>Headers that bound what a page may load: scripts only from this program, none inline without this answer's own mark, and no foreign frame around it.</summary>
internal sealed class PageSecurity(RequestDelegate next)
{
    private const int NonceBytes = 18;
    private static readonly object _nonceKey = new();

    private const string Frame = "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    // Style attributes are the components' way of placing things; pictures from elsewhere load only after a person's click.
    private const string Policy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: https:; font-src 'self'; "
        + "connect-src 'self'; "
        + Frame;

    // The API's description has an inline script and makes its styles while it runs; for every viewer, so only marked scripts run.
    private const string ScalarPolicy =
        "default-src 'self'; script-src 'nonce-{0}'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        + "connect-src 'self'; "
        + Frame;

    /// <summary>The mark that lets a script of this answer run; empty where none may.</summary>
    public static string NonceOf(HttpContext context) => context.Items[_nonceKey] as string ?? "";

    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers.ContentSecurityPolicy = PolicyOf(context);
        return next(context);
    }

    private static string PolicyOf(HttpContext context)
    {
        // Hangfire's pages have inline scripts that cannot be marked; behind the admin's role.
        if (context.Request.Path.StartsWithSegments("/hangfire", StringComparison.OrdinalIgnoreCase))
            return Frame;
        if (!context.Request.Path.StartsWithSegments("/scalar", StringComparison.OrdinalIgnoreCase))
            return Policy;
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(NonceBytes));
        context.Items[_nonceKey] = nonce;
        return ScalarPolicy.Replace("{0}", nonce, StringComparison.Ordinal);
    }
}

namespace AgentControl.Web.Access;

/// <summary>Where a person goes after signing in, and the words for why they were sent to sign in.</summary>
internal static class ReturnUrl
{
    /// <summary>The address if it is one of this program, the Overview otherwise.</summary>
    public static string Local(string? url) =>
        url is ['/', ..] && url is not ['/', '/' or '\\', ..] && !url.Any(char.IsControl) ? url : "/";

    public static string Reason(string? url)
    {
        var path = Local(url).Split('?', '#')[0];
        return path switch
        {
            "/" => "Sign in to see what runs and what needs you.",
            "/wall" => "Sign in to see the wall.",
            "/jobs/new" => "Sign in to start a job.",
            _ when path.StartsWith("/a/", StringComparison.Ordinal) => "Sign in to decide what waits for you.",
            _ when path.StartsWith("/approvals", StringComparison.Ordinal) => "Sign in to decide what waits for you.",
            _ when path.StartsWith("/jobs/", StringComparison.Ordinal) => "Sign in to open the job.",
            _ when path.StartsWith("/workspace", StringComparison.Ordinal) => "Sign in to open the workspace.",
            _ => $"Sign in to open {Uri.UnescapeDataString(path)}.",
        };
    }
}

namespace AgentControl.Web;

internal static partial class Log
{
    [LoggerMessage(200, LogLevel.Warning, "There is no admin yet. Open this link once to make yourself one: {Link}")]
    public static partial void SetupLink(ILogger logger, string link);

    [LoggerMessage(201, LogLevel.Information, "Made the admin's API key of AgentControl:Bootstrap:ApiKey.")]
    public static partial void BootstrapKeyMade(ILogger logger);

    [LoggerMessage(202, LogLevel.Information, "Made the admin {Email} of AgentControl:Bootstrap.")]
    public static partial void BootstrapAdminMade(ILogger logger, string email);

    [LoggerMessage(203, LogLevel.Warning, "A company sign-in failed: {Reason}")]
    public static partial void CompanySignInFailed(ILogger logger, string reason);
}

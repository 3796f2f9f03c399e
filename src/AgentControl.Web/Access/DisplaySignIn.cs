using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Storage;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace AgentControl.Web.Access;

/// <summary>Makes a browser a display: a display key becomes its cookie, in the place of a person's.</summary>
internal sealed class DisplaySignIn(CallerDirectory directory, ControlDbContext database)
{
    private const int LongestKey = 512;

    /// <summary>False when the key is unknown, revoked, expired, or the key of somebody who may do more than watch the wall.</summary>
    public async Task<bool> TryAsync(string? key, HttpContext context)
    {
        var secret = key?.Trim();
        if (secret is not { Length: > 0 and <= LongestKey })
            return false;
        var caller = await directory.KeyAsync(secret, context.RequestAborted);
        if (!DisplayCookie.IsDisplay(caller))
            return false;
        var display = caller! with { From = RequestOrigin.Of(context) };
        await context.SignInAsync(
            AccessSchemes.Display,
            DisplayCookie.Principal(display),
            new AuthenticationProperties { IsPersistent = true }
        );
        await context.SignOutAsync(IdentityConstants.ApplicationScheme);
        var entry = new AuditEntry(display.Actor, "display.signedIn", display.Actor.Id) { TargetName = display.Name };
        await database.AppendAsync(entry, context.RequestAborted);
        return true;
    }
}

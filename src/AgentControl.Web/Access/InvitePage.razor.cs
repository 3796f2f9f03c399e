using AgentControl.Engine.Access;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Access;

/// <summary>
/// Redeems a one-time link. The token leaves the address at once: it moves into a cookie of this page, and the browser goes on without it. Looking
/// uses nothing up, since mail scanners open links too.
/// </summary>
public sealed partial class InvitePage
{
    private const string Address = "/invite";
    private const string Cookie = AccessSchemes.Cookie + "-invite";
    private const int LongestToken = 200;
    private static readonly TimeSpan Lasts = TimeSpan.FromMinutes(30);

    [Inject]
    private Invitations Invitations { get; set; } = null!;

    [Inject]
    private PasswordSignIn SignIn { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [CascadingParameter]
    private HttpContext Context { get; set; } = null!;

    [SupplyParameterFromQuery]
    private string? Token { get; set; }

    [SupplyParameterFromForm]
    private SetupForm? Form { get; set; }

    private InvitationInfo? Invitation { get; set; }

    private Dictionary<string, string> Errors { get; set; } = [];

    private string Title => Invitation is { PersonId: not null } ? "New password" : "Join";

    protected override async Task OnInitializedAsync()
    {
        if (Token is { Length: > 0 and <= LongestToken })
        {
            // For this answer alone: a form of a page without a referrer comes from no origin, and is refused.
            Context.Response.Headers["Referrer-Policy"] = "no-referrer";
            Context.Response.Cookies.Append(Cookie, Token, Options());
            Navigation.NavigateTo(Address);
            return;
        }
        Invitation = await Invitations.FindAsync(Given, Context.RequestAborted);
    }

    private string? Given => Context.Request.Cookies[Cookie] is { Length: <= LongestToken } token ? token : null;

    private async Task AcceptAsync()
    {
        if (Invitation is not { } open || Form is null)
            return;
        Errors = Form.Errors();
        Errors.Remove("email");
        if (open.PersonId is not null)
            Errors.Remove("name");
        if (Errors.Count > 0)
            return;
        var from = RequestOrigin.Of(Context);
        var outcome = await Invitations.AcceptAsync(Given, Form.Name, Form.Password!, from, Context.RequestAborted);
        switch (outcome)
        {
            case AcceptOutcome.Done done:
                Context.Response.Cookies.Delete(Cookie, Options());
                await SignIn.TryAsync(done.SignInName, Form.Password, Context);
                Navigation.NavigateTo("/");
                break;
            case AcceptOutcome.Invalid invalid:
                foreach (var error in invalid.Errors)
                    Errors[SetupForm.FieldOf(error)] = error.Description;
                break;
            default:
                Invitation = null;
                break;
        }
    }

    private string? Invalid(string field) => Errors.ContainsKey(field) ? "true" : null;

    private CookieOptions Options() =>
        new()
        {
            Path = Address,
            HttpOnly = true,
            Secure = Context.Request.IsHttps,
            // Lax: the link is followed from a mail, and the browser goes on from there.
            SameSite = SameSiteMode.Lax,
            MaxAge = Lasts,
            IsEssential = true,
        };
}

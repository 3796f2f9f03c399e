using AgentControl.Engine.Access;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Access;

/// <summary>Signs in without a circuit: a cookie can only be set by an answer.</summary>
public sealed partial class SignInPage
{
    [Inject]
    private PasswordSignIn SignIn { get; set; } = null!;

    [Inject]
    private FirstAdmin FirstAdmin { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [CascadingParameter]
    private HttpContext Context { get; set; } = null!;

    [SupplyParameterFromQuery]
    private string? ReturnUrl { get; set; }

    [SupplyParameterFromForm]
    private SignInForm? Form { get; set; }

    [SupplyParameterFromQuery]
    private string? Company { get; set; }

    [Inject]
    private CompanyOptions Options { get; set; } = null!;

    private string? Problem { get; set; }

    private string Target => Access.ReturnUrl.Local(Form?.ReturnUrl ?? ReturnUrl);

    private string Why =>
        Context.User.ToCaller() is { } caller
            ? $"You are signed in as {caller.Name}. If a page sent you here, it needs another role: ask an admin, or sign in as somebody else."
            : Access.ReturnUrl.Reason(Target);

    protected override async Task OnInitializedAsync()
    {
        if (HttpMethods.IsGet(Context.Request.Method))
            Problem = CompanySignIn.Sentence(Company);
        // Nobody can sign in before the first admin exists: the set-up page says what to do.
        if (HttpMethods.IsGet(Context.Request.Method) && !await FirstAdmin.ExistsAsync(Context.RequestAborted))
            Navigation.NavigateTo("/setup");
    }

    private async Task SignInAsync()
    {
        var result = await SignIn.TryAsync(Form?.Name, Form?.Password, Context);
        if (result.Done)
            Navigation.NavigateTo(Target);
        else
            Problem = result.Wait is { } wait
                ? $"Too many wrong passwords. Try again in {Formats.Duration(wait)}."
                : "Name or password is wrong.";
    }

    private sealed class SignInForm
    {
        public string? Name { get; set; }
        public string? Password { get; set; }
        public string? ReturnUrl { get; set; }
    }
}

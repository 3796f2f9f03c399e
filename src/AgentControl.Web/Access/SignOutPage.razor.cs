using AgentControl.Engine.Access;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;

namespace AgentControl.Web.Access;

/// <summary>Signs out by a form alone: opening the address changes nothing.</summary>
public sealed partial class SignOutPage
{
    [Inject]
    private SignInManager<Person> SignIn { get; set; } = null!;

    [Inject]
    private SignIns SignIns { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [CascadingParameter]
    private HttpContext Context { get; set; } = null!;

    private async Task SignOutAsync()
    {
        if (Context.User.ToCaller() is { } caller)
            await SignIns.EndAsync(caller, Context.RequestAborted);
        await SignIn.SignOutAsync();
        Navigation.NavigateTo("/signin");
    }
}

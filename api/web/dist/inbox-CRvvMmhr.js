var e,t,n,r,i,a,o,s,c,l,u=Symbol.for(`pv`),d={},f=[],p=/^m(i|n|o|s|text|space)$/,m=Array.isArray,h=f.slice,g=Object.assign;function _(e){e&&e.parentNode&&e.remove()}function v(n,r,i,a,o){var s={type:n,props:r,key:i,ref:a,__k:null,__:null,__b:0,__e:null,__c:null,constructor:u,__v:o||++t,__i:-1,__u:0};return!o&&e.vnode&&e.vnode(s),s}function y(e){return e.children}function b(e,t){this.props=e,this.context=t,this.__g=0}function x(e,t){if(t==null)return e.__&&x(e.__,e.__i+1);for(var n;t<e.__k.length;t++)if((n=e.__k[t])&&n.__e)return n.__e;return typeof e.type!=`function`||e.props.__P?null:x(e)}function S(t){var n,r=t.__v,i=r.__e,a=[],o=[],s=t.__P;s&&((n=g({constructor:u},r)).__v=r.__v+1,e.vnode&&e.vnode(n),M(s,n,r,t.__n,s.namespaceURI,32&r.__u?[i]:null,a,i||x(r),32&r.__u,o),n.__v=r.__v,n.__.__k[n.__i]=n,P(a,n,o),r.__=r.__e=null,n.__e!=i&&C(n))}function C(e){if((e=e.__)&&e.__c&&!e.props.__P)return e.__e=null,e.__k.some(function(t){return t&&(e.__e=t.__e)}),C(e)}function w(t){(8&t.__g||(t.__g|=8,n.push(t),i++))&&r==e.debounceRendering||((r=e.debounceRendering)||queueMicrotask)(T)}function T(){try{for(var e,t=1;n.length;)n.length>t&&n.sort(a),e=n.shift(),t=n.length,8&e.__g&&S(e)}finally{(i=n.length)&&(r||queueMicrotask)(T)}}function E(e,t,n,r,i,a,o,s,c,l,u){var p,m,h,g,_,v,y=r.__k||f,b=t.length;for(c=D(n,t,y,c,b),p=0;p<b;p++)(h=n.__k[p])!=null&&(m=~h.__i&&y[h.__i]||d,h.__i=p,v=M(e,h,m,i,a,o,s,c,l,u),g=h.__e,(m.ref!=h.ref||8&m.__u)&&(m.ref&&F(m.ref,null,h,m),h.ref&&u.push(h.ref,h.__c||g,h)),_||=g,4&h.__u?(c=O(h,c,e,!m.__v),m.__e&&(m.__e=null)):typeof h.type==`function`&&v!==void 0?c=v:g&&(c=g.nextSibling),h.__u&=-21);return n.__e=_,c}function D(e,t,n,r,i){var a,o,s,c,l,d,f,p,h,g=n.length,_=g,b=0,S=0,C=e.__k=Array(i);for(a=0;a<i;a++)(o=t[a])!=null&&typeof o!=`boolean`&&typeof o!=`function`?(typeof o!=`object`||o.constructor===String?o=C[a]=v(null,o):m(o)?o=C[a]=v(y,{children:o}):o.constructor===u&&o.__b?o=C[a]=v(o.type,o.props,o.key,o.ref,o.__v):C[a]=o,c=a+b,o.__=e,o.__b=e.__b+1,s=null,~(l=o.__i=k(o,n,c,_))&&(_--,(s=n[l])&&(s.__u|=2)),s&&s.__v?(o.__u|=16,l==c-1?b--:l==c+1?b++:l!=c&&(l>c?b--:b++,S=1)):(~l||(i>g?b--:i<g&&b++),typeof o.type!=`function`&&(o.__u|=4))):C[a]=null;if(S){for(d=[],f=[],a=0;a<i;a++)if((o=C[a])&&16&o.__u){for(b=0,p=d.length;b<p;)d[h=b+p>>1]<o.__i?b=h+1:p=h;d[b]=o.__i,f[a]=b+1}for(b=d.length;a--;)f[a]&&(f[a]==b?b--:C[a].__u|=4)}if(_)for(a=0;a<g;a++)!(s=n[a])||2&s.__u||(s.__e==r&&(r=x(s)),re(s,s));return r}function O(e,t,n,r){var i,a,o,s;if(typeof e.type==`function`){if(e.props.__P)return t;if(i=e.__k)for(a=0;a<i.length;a++)i[a]&&(i[a].__=e,t=O(i[a],t,n,!1));return t}for(t&&!t.parentNode&&(t=x(e))&&!t.parentNode&&(t=null),o=e.__e,s=t;s&&s.nodeType==8;)s=s.nextSibling;for(o!=s&&(!r&&n.moveBefore&&o.parentNode?n.moveBefore(o,t):n.insertBefore(o,t||null)),t=o;(t&&=t.nextSibling)&&t.nodeType==8&&!t.data.startsWith(`$s`););return t}function k(e,t,n,r){var i,a=e.key,o=e.type,s=t[n],c=s&&!(2&s.__u);if(s===null&&a==null||c&&a==s.key&&o==s.type)return n;if(r>+!!c){for(i=n-1;i>=0;i--)if((s=t[i])&&!(2&s.__u)&&a==s.key&&o==s.type)return i;for(i=n+1;i<t.length;i++)if((s=t[i])&&!(2&s.__u)&&a==s.key&&o==s.type)return i}return-1}function A(e,t,n){n??=``,t[0]==`-`?e.setProperty(t,n):e[t]=n}function j(e,t,n,r,i){var a,o;if(t==`style`){if(typeof n==`string`)e.style.cssText=n;else{if(typeof r==`string`&&(e.style.cssText=r=``),r)for(t in r)n&&t in n||A(e.style,t);if(n)for(t in n)r&&n[t]==r[t]||A(e.style,t,n[t])}}else if(t[0]==`o`&&t[1]==`n`)typeof n!=`function`&&(n=null),typeof r!=`function`&&(r=null),(e.__e||={})[t]=n,n&&r||(o=l[t]||(l[t]=ee(t)),(e.__a||={})[t]=c,a=t!=(t=t.replace(s,`$1`)),(t=t.slice(2))[0]<`a`&&(t=t.toLowerCase()),n?e.addEventListener(t,o,a):e.removeEventListener(t,o,a));else{if(i==`http://www.w3.org/2000/svg`)t=t.replace(/xlink(H|:h)/,`h`).replace(/sName$/,`s`);else if(t!=`width`&&t!=`height`&&t!=`href`&&t!=`list`&&t!=`form`&&t!=`tabIndex`&&t!=`download`&&t!=`rowSpan`&&t!=`colSpan`&&t!=`role`&&t!=`popover`&&t in e)try{e[t]=n??``;return}catch{}if(typeof n==`function`)return;n==null||!1===n&&t[4]!=`-`?e.removeAttribute(t):e.setAttribute(t,t==`popover`&&n==1?``:n)}}function ee(t){return function(n){var r=this.__e;if(r){if(r=r[t],n[o]==null)n[o]=c++;else if(n[o]<this.__a[t])return;return r(e.event?e.event(n):n)}}}function M(t,n,r,i,a,o,s,c,l,d){var p,h,v,S,C,w,T,D,O,k,A,j,ee,M,P,F,I,L,R=n.type;if(n.constructor!==u)return null;128&r.__u&&(l=32&r.__u,p=r.__c.__z)&&(n.__u|=l,h=o=[],p.nodeType==8?c=N(p,o):o.push(p),c=o[0]||c),(p=e.__b)&&p(n);n:if(typeof R==`function`){v=s.length;try{if(D=n.props,O=(p=R.prototype)&&p.render,k=(p=R.contextType)&&i[p.__c],A=p?k?k.props.value:p.__:i,(S=r.__c)?(n.__c=S,2&S.__g&&(S.__g|=1)):(O?n.__c=S=new R(D,A):(n.__c=S=new b(D,A),S.constructor=R,S.render=ie),k&&k.sub(S),S.state||(S.state={}),S.__n=i,S.__g|=8,S.__h=[],S.__k=[]),O&&(S.__s||(S.__s=S.state),R.getDerivedStateFromProps&&(S.__s==S.state&&(S.__s=g({},S.__s)),g(S.__s,R.getDerivedStateFromProps(D,S.__s)))),C=S.props,w=S.state,S.__v=n,r.__c){if(D!==C&&O&&!R.getDerivedStateFromProps&&S.componentWillReceiveProps&&S.componentWillReceiveProps(D,A),n.__v==r.__v&&!(8&S.__g)||!(4&S.__g)&&S.shouldComponentUpdate&&!1===S.shouldComponentUpdate(D,S.__s,A)){n.__v!=r.__v&&(S.props=D,S.state=S.__s,S.__g&=-9),n.__e=r.__e,n.__k=r.__k,n.__k.some(function(e){e&&(e.__=n)}),f.push.apply(S.__h,S.__k),S.__k=[],S.__h.length&&s.push(S),c=x(r);break n}S.componentWillUpdate&&S.componentWillUpdate(D,S.__s,A),O&&S.componentDidUpdate&&S.__h.push(function(){S.componentDidUpdate(C,w,T)})}else O&&!R.getDerivedStateFromProps&&S.componentWillMount&&S.componentWillMount(),O&&S.componentDidMount&&S.__h.push(S.componentDidMount);S.context=A,S.props=D,S.__P=t,S.__g&=-5,j=e.__r,ee=O?25:0;do S.__g&=-9,j&&j(n),p=S.render(S.props,S.state=S.__s,S.context);while(8&S.__g&&++ee<25);O&&(f.push.apply(S.__h,S.__k),S.__k=[]),S.state=S.__s,S.getChildContext&&(i=g({},i,S.getChildContext())),O&&r.__c&&S.getSnapshotBeforeUpdate&&(T=S.getSnapshotBeforeUpdate(C,w)),M=p&&p.type===y&&p.key==null?p.props.children:p,D.__P&&(p=c,a=(t=D.__P).namespaceURI,l=o=null,r.props&&r.props.__P!=t&&(r.__k.some(function(e){e&&re(e,e)}),r.__k=null),c=r.__k?x(r,0):null),c=E(t,m(M)?M:[M],n,r,i,a,o,s,c,l,d),D.__P&&(n.__e=null,c=p),n.__u&=-161,h&&h.some(_),S.__h.length&&s.push(S),1&S.__g&&(S.__g&=-4)}catch(t){if(s.length=v,n.__v=null,l||o){if(t&&t.then){if(n.__u|=128|l,o){for(~(I=o.indexOf(c||void 0))||(I=o.length);(L=o[I-1])&&L.nodeType==8;)I--;for(;I<o.length;I++)if(L=o[I]){if(o[I]=null,P){if(L==F)break}else{if(L.nodeType!=8)break;L.data.startsWith(`$s`)&&(F=N(P=L))}}}if(!P){for(;c&&c.nodeType==8&&c.nextSibling;)c=c.nextSibling;P=c}(p=N(P=n.__c.__z||(n.__c.__z=P)))?(n.__e=P,c=p):n.__e=c,c&&=c.nextSibling}else o&&o.some(_)}else n.__e=r.__e;n.__k||=r.__k||[],t&&t.then||te(n),e.__e(t,n,r)}}else c=n.__e=ne(r.__e,n,r,i,a,o,s,l,d,t);return(p=e.diffed)&&p(n),c}function N(e,t){if(e&&e.nodeType==8&&e.data.startsWith(`$s`))for(var n=1;e=e.nextSibling;){if(e.nodeType==8){if(e.data.startsWith(`$s`))n++;else if(e.data.startsWith(`/$s`)&&!--n)return e}t&&t.push(e)}}function te(e){e&&(e.__c&&(e.__c.__g|=4),e.__k&&e.__k.some(te))}function P(t,n,r){for(var i=0;i<r.length;)F(r[i++],r[i++],r[i++]);e.__c&&e.__c(n,t),t.some(function(n){try{t=n.__h,n.__h=[],t.some(function(e){e.call(n)})}catch(t){e.__e(t,n.__v)}})}function ne(t,n,r,i,a,o,s,c,l,u){var f,g,v,y,b,S,C,w,T=r.props||d,D=n.props,O=n.type;if(O==`svg`?a=`http://www.w3.org/2000/svg`:O==`math`?a=`http://www.w3.org/1998/Math/MathML`:a||=`http://www.w3.org/1999/xhtml`,o){for(f=0;f<o.length;f++)if((b=o[f])&&(O?b.localName==O:b.nodeType==3)){t=b,o[f]=null;break}}if(!t){if(w=u.ownerDocument||document,!O)return w.createTextNode(D);t=w.createElementNS(a,O,D.is?D:u),c&&=(e.__m&&e.__m(n,o),!1),o=null}if(O){if(u=O==`template`&&t.content||t,o=O==`textarea`&&D.defaultValue!=null?null:o&&h.call(u.childNodes),!c&&o)for(T={},f=0;f<t.attributes.length;f++)T[(b=t.attributes[f]).name]=b.value;for(f in T)b=T[f],f==`dangerouslySetInnerHTML`?v=b:f==`children`||f in D||f==`value`&&`defaultValue`in D||f==`checked`&&`defaultChecked`in D||j(t,f,null,b,a);for(f in D)b=D[f],f==`children`?y=b:f==`dangerouslySetInnerHTML`?g=b:f==`value`?S=b:f==`checked`?C=b:c&&typeof b!=`function`||T[f]===b||j(t,f,b,T[f],a);g?(c||v&&(g.__html==v.__html||g.__html==t.innerHTML)||(t.innerHTML=g.__html),n.__k=[]):(v&&(t.textContent=``),(O==`foreignObject`||a==`http://www.w3.org/1998/Math/MathML`&&p.test(O))&&(a=`http://www.w3.org/1999/xhtml`),E(u,m(y)?y:[y],n,r,i,a,o,s,o?o[0]:r.__k&&x(r,0),c,l),o&&o.some(_)),c&&O!=`textarea`||(f=`value`,O==`progress`&&S==null?t.removeAttribute(f):S==null||S===t[f]&&(O!=`progress`||S)||j(t,f,S,T[f],a),f=`checked`,C!=null&&C!=t[f]&&j(t,f,C,T[f],a))}else T===D||c&&t.data==D||(t.data=D);return t}function F(t,n,r,i){try{typeof t==`function`?n?n.__x=t(n)||1:(i&&=i.__c||i.__e)&&(n=i.__x)&&(i.__x=null,typeof n==`function`?n():t(null)):t.current=n}catch(t){e.__e(t,r)}}function re(t,n,r){var i,a,o,s;if(e.unmount&&e.unmount(t),!(i=t.ref)||i.current&&i.current!=t.__e||F(i,null,n,t),i=t.__c){if(i.componentWillUnmount)try{i.componentWillUnmount()}catch(t){e.__e(t,n)}i.__P=i.__n=null}if(i=t.__k)for(s=0;s<i.length;s++)i[s]&&re(i[s],n,typeof t.type!=`function`||r&&!t.props.__P);!r&&(i=t.__c)&&(i=i.__z)&&(a=N(i,o=[]))&&(i==t.__e&&o.some(_),_(a),_(i)),r||_(t.__e),t.__e=t.__c=t.__=null}function ie(e,t,n){return this.constructor(e,n)}function I(t,n){var r,i,a,o;e.__&&e.__(t,n),n.nodeType==9&&(n=n.documentElement),i=(r=t&&32&t.__u)?null:n.__k,n.__k=v(y,{children:[t]}),a=[],o=[],M(n,n.__k,i||d,d,n.namespaceURI,i?null:n.firstChild?h.call(n.childNodes):null,a,i?i.__e:n.firstChild,r,o),P(a,n.__k,o),n.__k.props.children=null}e={__e:function(e,t,n,r){for(var a,o,s;t=t.__;)if((a=t.__c)&&!(1&a.__g)){a.__g|=4;try{if((s=(o=a.constructor)&&o.getDerivedStateFromError)&&a.setState(o.getDerivedStateFromError(e)),a.componentDidCatch&&(a.componentDidCatch(e,r||{}),s=1),s&&8&a.__g)return void(a.__g|=2)}catch(t){e=t}}throw i=0,e}},t=0,b.prototype.setState=function(e,t){var n=this.__s;n&&n!=this.state||(n=this.__s=g({},this.state)),typeof e==`function`&&(e=e(g({},n),this.props)),e&&(g(n,e),this.__v&&(t&&this.__k.push(t),w(this)))},b.prototype.forceUpdate=function(e){this.__v&&(this.__g|=4,e&&this.__h.push(e),w(this))},b.prototype.render=y,n=[],i=0,a=function(e,t){return e.__v.__b-t.__v.__b},o=Symbol(),s=/(PointerCapture)$|Capture$/i,c=0,l={};var L,R,ae,oe,se=Object.is,z=0,ce=[],le=[],B=e,ue=B.__b,de=B.__r,fe=B.diffed,pe=B.__c,me=B.unmount,he=B.__;function V(e,t){B.__h&&B.__h(R,e,z||t),z=0;var n=R.__H||(R.__H={__:[],__h:[]});return e>=n.__.length&&n.__.push({}),n.__[e]}function H(e){return z=1,ge(De,e)}function ge(e,t,n){var r=V(L++,2);if(r.t=e,!r.__c&&(r.__=[n?n(t):De(void 0,t),function(e){var t=(r.__N||r.__)[0],n=r.t(t,e);se(t,n)||(r.__N=[n,r.__[1]],r.__c.setState({}))}],r.__c=R,!R.__f)){R.__f=!0;var i=R.shouldComponentUpdate;R.shouldComponentUpdate=function(e,t,n){var r=this.__H;if(!r)return!0;var a=!1,o=this.props!=e;if(r.__.some(function(e){e.__N&&(a=!0,se(e.__[0],e.__N[0])||(o=!0))}),i){var s=i.call(this,e,t,n);return a?s||o:s}return!a||o}}return r.__}function _e(e,t){var n=V(L++,3);!B.__s&&Ee(n.__H,t)&&(n.__P=!0,n.__=e,n.u=t,R.__H.__h.push(n))}function ve(e,t){var n=V(L++,4);!B.__s&&Ee(n.__H,t)&&(n.__P=!1,n.__=e,n.u=t,R.__h.push(n))}function ye(e){return z=5,be(function(){return{current:e}},[])}function be(e,t){var n=V(L++,7);return Ee(n.__H,t)&&(n.__=e(),n.__H=t),n.__}function xe(){var e;do{for(;e=le.shift();)try{U(e)}catch(t){B.__e(t,{__:(e=e.__P)&&e.__v})}for(;e=ce.shift();){var t=e.__H;if(e.__P&&t)try{t.__h.some(U),t.__h.some(Te),t.__h=[]}catch(n){t.__h=[],B.__e(n,e.__v)}}}while(le.length)}B.__b=function(e){R=null,ue&&ue(e)},B.__=function(e,t){e&&t.__k&&t.__k.__m&&(e.__m=t.__k.__m),he&&he(e,t)},B.__r=function(e){de&&de(e),L=0;var t=(R=e.__c).__H;t&&(ae==R?R.__h=[]:(t.__h.some(U),t.__h.some(Te),L=0),t.__h=[],t.__.some(function(e){e.__N&&(e.__=e.__N),e.u=e.__N=void 0})),ae=R},B.diffed=function(e){fe&&fe(e);var t=e.__c;t&&t.__H&&(t.__H.__h.length&&we(ce.push(t)),t.__H.__.some(function(e){e.u&&(e.__H=e.u)})),ae=R=null},B.__c=function(e,t){t.some(function(e){try{e.__h.some(U),e.__h=e.__h.filter(function(e){return!e.__||Te(e)})}catch(t){e.__h=[function(){throw t}]}}),pe&&pe(e,t)},B.unmount=function(e){me&&me(e);var t,n,r=e.__c;r&&r.__H&&(r.__H.__.some(function(r){try{if(r.__P&&r.__c){if(n===void 0){for(n=e.__;n&&(!n.__c||!n.__c.__P);)n=n.__;n&&=n.__c}r.__P=n,we(le.push(r))}else U(r)}catch(e){t=e}}),r.__H=void 0,t&&B.__e(t,r.__v))};var Se=typeof requestAnimationFrame==`function`;function Ce(e){var t,n=function(){clearTimeout(r),Se&&cancelAnimationFrame(t),setTimeout(e)},r=setTimeout(n,35);Se&&(t=requestAnimationFrame(n))}function we(e){e!=1&&oe==B.requestAnimationFrame||((oe=B.requestAnimationFrame)||Ce)(xe)}function U(e){var t=R,n=e.__c;typeof n==`function`&&(e.__c=void 0,n()),R=t}function Te(e){var t=R;e.__c=e.__(),R=t}function Ee(e,t){return!e||e.length!=t.length||t.some(function(t,n){return!se(t,e[n])})}function De(e,t){return typeof t==`function`?t(e):t}var W=class extends Error{code;retryAfter;constructor(e,t,n=0){super(t),this.code=e,this.retryAfter=n}get passes(){return Oe.has(this.code)}get refusesCredential(){return this.code===`UNAUTHENTICATED`}},Oe=new Set([`NETWORK`,`UNAVAILABLE`,`TIMEOUT`,`INTERNAL`,`RATE_LIMITED`,`REQUEST_TIMEOUT`]),ke=15e3;async function Ae(e,t,n,r,i={}){let a=await je(e,t,JSON.stringify({query:`${n}`,variables:r}),i),o=1e3*Number(a.headers.get(`retry-after`)??0)||0,s=await a.json().catch(()=>null),c=s?.errors?.[0];if(c)throw new W(c.extensions?.code??`INTERNAL`,c.message,o);if(!s?.data)throw new W(a.status<500?`BAD_REQUEST`:`UNAVAILABLE`,a.statusText,o);return s.data}async function je(e,t,n,r){try{return await fetch(e,{method:`POST`,headers:{"content-type":`application/json`,accept:`application/graphql-response+json, application/json`,authorization:`Bearer ${t}`},body:n,credentials:`omit`,referrerPolicy:`no-referrer`,signal:AbortSignal.timeout(ke),...r})}catch(e){throw new W(`NETWORK`,String(e))}}var Me=/\[([^\]\n]{1,200})\]\(((?:https?:\/\/|mailto:|tel:)[^\s()<>]{1,2000})\)/,Ne=/https?:\/\/[^\s<>"]{1,2000}|(?:mailto:|tel:)[^\s<>"]{1,300}/,Pe=RegExp(`${Me.source}|${Ne.source}`,`g`),Fe=new RegExp(Ne.source,`g`),Ie=new Set([`http:`,`https:`,`mailto:`,`tel:`]),Le=/[.,;:!?'"’”»)\]}]+$/;function Re(e,t){let n=[],r=0;for(let i of e.matchAll(t?Pe:Fe)){let a=t&&i[2]!==void 0,o=a?i[0]:Be(i[0]),s=ze(a?i[2]:o);if(!s)continue;i.index>r&&n.push({text:e.slice(r,i.index)});let c=a&&!/^\s*(?:https?:|www\.)/i.test(i[1])?i[1]:s;n.push({text:a?c:o,href:s}),r=i.index+o.length}return r<e.length&&n.push({text:e.slice(r)}),n}function ze(e){try{let t=new URL(e??``);return Ie.has(t.protocol)&&!t.username?t.href:void 0}catch{return}}function Be(e){let t=e.replace(Le,``);for(;Ve(t,`(`)>Ve(t,`)`)&&e[t.length]===`)`;)t+=`)`;return t}function Ve(e,t){return e.split(t).length-1}var He=Symbol.for(`pv`),Ue=0;Array.isArray;function G(t,n,r,i,a,o){n||={};var s,c,l=n;if(`ref`in l&&typeof t!=`function`)for(c in l={},n)c==`ref`?s=n[c]:l[c]=n[c];var u={type:t,props:l,key:r,ref:s,__k:null,__:null,__b:0,__e:null,__c:null,constructor:He,__v:--Ue,__i:-1,__u:0};return(a||o)&&(u.__source=a,u.__self=o),e.vnode&&e.vnode(u),u}function We({text:e,labels:t=!1}){return G(`p`,{class:`text`,dir:`auto`,children:Re(e,t).map(e=>e.href?G(`a`,{href:e.href,target:`_blank`,rel:`noopener noreferrer nofollow`,title:e.href,children:e.text}):e.text)})}function Ge({desk:e,state:t}){let{thread:n}=t,r=ye(null);if(ve(()=>{r.current?.scrollTo(0,r.current.scrollHeight)},[n?.messages,n?.typing]),!t.ticketId)return G(`section`,{class:`thread none`,children:G(`p`,{class:`empty`,children:`Choose a ticket.`})});let i=e.row;return G(`section`,{class:`thread`,"aria-label":`Conversation`,children:[G(`div`,{class:`bar`,children:[G(`button`,{class:`back`,type:`button`,onClick:()=>e.set({ticketId:null,thread:null}),children:`Back`}),G(`h2`,{dir:`auto`,children:i?.conversation.displayName??`This ticket is not open any more.`}),i&&G(Ke,{desk:e,state:t})]}),i?.conversation.handoff?.summary&&G(`p`,{class:`summary`,dir:`auto`,children:i.conversation.handoff.summary}),G(`div`,{ref:r,class:`messages`,tabIndex:0,role:`log`,children:[n?.messages.map(e=>G(qe,{message:e,fresh:n.unseen.includes(e)},e.sequence)),n?.drafts.map(e=>G(`article`,{class:`item draft`,children:[G(`h3`,{children:`The agent's draft, which was not shown`}),G(We,{text:e.text,labels:!0})]},e.writtenAt)),n?.typing&&G(`article`,{class:`item typing`,children:[G(`h3`,{dir:`auto`,children:[n.typing.name,` is writing`]}),n.typing.text&&G(We,{text:n.typing.text})]})]}),G(Je,{desk:e,state:t})]})}function Ke({desk:e,state:t}){let n=e.row?.assignee?.id===t.me?.id;return G(`div`,{class:`actions`,children:[!n&&G(`button`,{class:`primary`,type:`button`,onClick:()=>void e.act(`take`),children:`Take`}),n&&G(`button`,{type:`button`,onClick:()=>void e.act(`release`),children:`Release`}),G(`button`,{type:`button`,onClick:()=>void e.act(`returnToAgent`),children:`Return to the agent`}),G(`button`,{type:`button`,onClick:()=>void e.act(`close`),children:`Close`})]})}function qe({message:e,fresh:t}){let{author:n,kind:r}=e;return G(`article`,{class:`item ${r===`NOTE`?`note`:n.kind===`SHOPPER`?`theirs`:`ours`}${t?` fresh`:``}`,"data-sequence":e.sequence,children:[G(`h3`,{children:[G(`bdi`,{children:n.name}),r===`NOTE`&&` (note)`,` `,G(`time`,{dateTime:e.sentAt,children:$e(e.sentAt)})]}),e.text&&G(We,{text:e.text,labels:n.kind!==`SHOPPER`}),e.attachments.map(({id:e,name:t,url:n})=>G(`p`,{children:n?G(`a`,{href:n,target:`_blank`,rel:`noopener noreferrer`,children:G(`bdi`,{children:t})}):G(`bdi`,{children:t})},e))]})}function Je({desk:e,state:t}){let[n,r]=H(``),[i,a]=H(!1),[o,s]=H(!1),c=async()=>{if(!n.trim()||o)return;s(!0);let t=await(i?e.note(n):e.reply(n));s(!1),t&&r(e=>e===n?``:e)},l=e=>{e.key===`Enter`&&(e.ctrlKey||e.metaKey)&&!e.isComposing&&(e.preventDefault(),c())},u=t=>{r(t),i||e.type(t.trim()!==``)},d=t.thread?.unseen.length??0;return G(`form`,{class:i?`writing note`:`writing`,onSubmit:e=>{e.preventDefault(),c()},children:[G(`p`,{role:`alert`,children:d?`The shopper wrote meanwhile. Your reply was not sent: read what is new, and send it again.`:t.trouble}),G(`textarea`,{rows:3,dir:`auto`,"aria-label":i?`Note`:`Reply`,placeholder:i?`A note for colleagues`:`A reply to the shopper`,value:n,onInput:e=>u(e.currentTarget.value),onKeyDown:l}),G(`div`,{children:[G(`label`,{children:[G(`input`,{type:`checkbox`,checked:i,onChange:e=>a(e.currentTarget.checked)}),` Note, which shoppers never see`]}),G(`button`,{class:`primary`,disabled:o,children:i?`Add the note`:`Send`})]})]})}var Ye=[[`ALL`,`All`],[`MINE`,`Mine`],[`UNASSIGNED`,`Unassigned`]];function Xe({desk:e,leave:t}){let n=et(e);return G(`div`,{class:n.ticketId?`desk reading`:`desk`,children:[G(`header`,{children:[G(`h1`,{children:`Inbox`}),G(`nav`,{"aria-label":`Views`,children:Ye.map(([t,r])=>G(`button`,{type:`button`,"aria-pressed":n.view===t,onClick:()=>void e.show(t),children:r},t))}),G(`p`,{role:`status`,children:n.live?`Open tickets: ${n.total}`:`No connection. Trying again.`}),G(`p`,{class:`me`,dir:`auto`,children:n.me?.name}),G(`label`,{children:[G(`input`,{type:`checkbox`,checked:n.me?.availability===`ONLINE`,onChange:t=>void e.setAvailable(t.currentTarget.checked)}),` Available`]}),G(`button`,{type:`button`,onClick:t,children:`Leave`})]}),G(Ze,{desk:e,state:n}),G(Ge,{desk:e,state:n},n.ticketId??``)]})}function Ze({desk:e,state:t}){return G(`section`,{class:`list`,"aria-label":`Tickets`,children:[G(`ul`,{children:t.rows.map(n=>G(`li`,{children:G(`button`,{type:`button`,"aria-current":n.id===t.ticketId,onClick:()=>void e.open(n),children:G(Qe,{row:n})})},n.id))}),!t.rows.length&&G(`p`,{class:`empty`,children:`No open ticket.`}),t.more&&G(`button`,{type:`button`,onClick:()=>void e.loadMore().catch(()=>{}),children:`Show more`})]})}function Qe({row:e}){let{conversation:t,assignee:n,unread:r}=e;return G(y,{children:[G(`span`,{class:`who`,children:[G(`bdi`,{children:t.displayName}),r&&G(`b`,{class:`unread`,children:`unread`})]}),G(`span`,{class:`last`,dir:`auto`,children:t.lastMessage?.text??``}),G(`span`,{class:`meta`,children:[t.channel.replace(`_`,` `).toLowerCase(),` · `,n?G(`bdi`,{children:n.name}):`unassigned`,` · `,$e(t.lastMessageAt)]})]})}function $e(e){let t=new Date(e),n=t.toDateString()===new Date().toDateString();return t.toLocaleString(void 0,{...!n&&{day:`numeric`,month:`short`},hour:`numeric`,minute:`2-digit`})}function et(e){let[t,n]=H(e.state);return _e(()=>{e.changed=()=>n(e.state),e.changed()},[e]),t}function K(e){return e===null?`null`:Array.isArray(e)?`array`:typeof e}function q(e){return K(e)===`object`}function tt(e){return Array.isArray(e)&&e.length>0&&e.every(e=>`message`in e)}function nt(e,t){return e.length<124?e:t}var J=(e=>(e[e.InternalServerError=4500]=`InternalServerError`,e[e.InternalClientError=4005]=`InternalClientError`,e[e.BadRequest=4400]=`BadRequest`,e[e.BadResponse=4004]=`BadResponse`,e[e.Unauthorized=4401]=`Unauthorized`,e[e.Forbidden=4403]=`Forbidden`,e[e.SubprotocolNotAcceptable=4406]=`SubprotocolNotAcceptable`,e[e.ConnectionInitialisationTimeout=4408]=`ConnectionInitialisationTimeout`,e[e.ConnectionAcknowledgementTimeout=4504]=`ConnectionAcknowledgementTimeout`,e[e.SubscriberAlreadyExists=4409]=`SubscriberAlreadyExists`,e[e.TooManyInitialisationRequests=4429]=`TooManyInitialisationRequests`,e))(J||{}),Y=(e=>(e.ConnectionInit=`connection_init`,e.ConnectionAck=`connection_ack`,e.Ping=`ping`,e.Pong=`pong`,e.Subscribe=`subscribe`,e.Next=`next`,e.Error=`error`,e.Complete=`complete`,e))(Y||{});function rt(e){if(!q(e))throw Error(`Message is expected to be an object, but got ${K(e)}`);if(!e.type)throw Error(`Message is missing the 'type' property`);if(typeof e.type!=`string`)throw Error(`Message is expects the 'type' property to be a string, but got ${K(e.type)}`);switch(e.type){case`connection_init`:case`connection_ack`:case`ping`:case`pong`:if(e.payload!=null&&!q(e.payload))throw Error(`"${e.type}" message expects the 'payload' property to be an object or nullish or missing, but got "${e.payload}"`);break;case`subscribe`:if(typeof e.id!=`string`)throw Error(`"${e.type}" message expects the 'id' property to be a string, but got ${K(e.id)}`);if(!e.id)throw Error(`"${e.type}" message requires a non-empty 'id' property`);if(!q(e.payload))throw Error(`"${e.type}" message expects the 'payload' property to be an object, but got ${K(e.payload)}`);if(typeof e.payload.query!=`string`)throw Error(`"${e.type}" message payload expects the 'query' property to be a string, but got ${K(e.payload.query)}`);if(e.payload.variables!=null&&!q(e.payload.variables))throw Error(`"${e.type}" message payload expects the 'variables' property to be a an object or nullish or missing, but got ${K(e.payload.variables)}`);if(e.payload.operationName!=null&&K(e.payload.operationName)!==`string`)throw Error(`"${e.type}" message payload expects the 'operationName' property to be a string or nullish or missing, but got ${K(e.payload.operationName)}`);if(e.payload.extensions!=null&&!q(e.payload.extensions))throw Error(`"${e.type}" message payload expects the 'extensions' property to be a an object or nullish or missing, but got ${K(e.payload.extensions)}`);break;case`next`:if(typeof e.id!=`string`)throw Error(`"${e.type}" message expects the 'id' property to be a string, but got ${K(e.id)}`);if(!e.id)throw Error(`"${e.type}" message requires a non-empty 'id' property`);if(!q(e.payload))throw Error(`"${e.type}" message expects the 'payload' property to be an object, but got ${K(e.payload)}`);break;case`error`:if(typeof e.id!=`string`)throw Error(`"${e.type}" message expects the 'id' property to be a string, but got ${K(e.id)}`);if(!e.id)throw Error(`"${e.type}" message requires a non-empty 'id' property`);if(!tt(e.payload))throw Error(`"${e.type}" message expects the 'payload' property to be an array of GraphQL errors, but got ${JSON.stringify(e.payload)}`);break;case`complete`:if(typeof e.id!=`string`)throw Error(`"${e.type}" message expects the 'id' property to be a string, but got ${K(e.id)}`);if(!e.id)throw Error(`"${e.type}" message requires a non-empty 'id' property`);break;default:throw Error(`Invalid message 'type' property "${e.type}"`)}return e}function it(e,t){return rt(typeof e==`string`?JSON.parse(e,t):e)}function X(e,t){return rt(e),JSON.stringify(e,t)}function at(e){let{url:t,connectionParams:n,lazy:r=!0,onNonLazyError:i=console.error,lazyCloseTimeout:a=0,keepAlive:o=0,disablePong:s,connectionAckWaitTimeout:c=0,retryAttempts:l=5,retryWait:u=async function(e){let t=2**e;await new Promise(e=>setTimeout(e,t*1e3+Math.floor(Math.random()*2700+300)))},shouldRetry:d=st,on:f,webSocketImpl:p,generateID:m=function(){return`xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx`.replace(/[xy]/g,e=>{let t=Math.random()*16|0;return(e==`x`?t:t&3|8).toString(16)})},jsonMessageReplacer:h,jsonMessageReviver:g}=e,_;if(p){if(!lt(p))throw Error(`Invalid WebSocket implementation provided`);_=p}else typeof WebSocket<`u`?_=WebSocket:typeof global<`u`?_=global.WebSocket||global.MozWebSocket:typeof window<`u`&&(_=window.WebSocket||window.MozWebSocket);if(!_)throw Error("WebSocket implementation missing; on Node you can `import WebSocket from 'ws';` and pass `webSocketImpl: WebSocket` to `createClient`");let v=_,y=(()=>{let e=(()=>{let e={};return{on(t,n){return e[t]=n,()=>{delete e[t]}},emit(t){`id`in t&&e[t.id]?.(t)}}})(),t={connecting:f?.connecting?[f.connecting]:[],opened:f?.opened?[f.opened]:[],connected:f?.connected?[f.connected]:[],ping:f?.ping?[f.ping]:[],pong:f?.pong?[f.pong]:[],message:f?.message?[e.emit,f.message]:[e.emit],closed:f?.closed?[f.closed]:[],error:f?.error?[f.error]:[]};return{onMessage:e.on,on(e,n){let r=t[e];return r.push(n),()=>{let e=r.indexOf(n);e>-1&&r.splice(e,1)}},emit(e,...n){for(let r of[...t[e]])r(...n)}}})();function b(e){let t=[y.on(`error`,n=>{t.forEach(e=>e()),e(n)}),y.on(`closed`,n=>{t.forEach(e=>e()),e(n)})];return()=>t.forEach(e=>e())}let x,S=0,C,w=!1,T=0,E=!1;async function D(){clearTimeout(C);let[e,r]=await(x??=new Promise((e,r)=>(async()=>{if(w){if(await u(T),!S)return x=void 0,r({code:1e3,reason:`All Subscriptions Gone`});T++}y.emit(`connecting`,w);let i=new v(typeof t==`function`?await t():t,`graphql-transport-ws`),a,l;function d(){isFinite(o)&&o>0&&(clearTimeout(l),l=setTimeout(()=>{i.readyState===v.OPEN&&(i.send(X({type:Y.Ping})),y.emit(`ping`,!1,void 0))},o))}b(e=>{x=void 0,clearTimeout(a),clearTimeout(l),r(e),e instanceof ot&&(i.close(4499,`Terminated`),i.onerror=null,i.onclose=null)}),i.onerror=e=>y.emit(`error`,e),i.onclose=e=>y.emit(`closed`,e),i.onopen=async()=>{try{y.emit(`opened`,i);let e=typeof n==`function`?await n():n;if(i.readyState!==v.OPEN)return;i.send(X(e?{type:Y.ConnectionInit,payload:e}:{type:Y.ConnectionInit},h)),isFinite(c)&&c>0&&(a=setTimeout(()=>{i.close(J.ConnectionAcknowledgementTimeout,`Connection acknowledgement timeout`)},c)),d()}catch(e){y.emit(`error`,e),i.close(J.InternalClientError,nt(e instanceof Error?e.message:String(e),`Internal client error`))}};let f=!1;i.onmessage=({data:t})=>{try{let n=it(t,g);if(y.emit(`message`,n),n.type===`ping`||n.type===`pong`){y.emit(n.type,!0,n.payload),n.type===`pong`?d():s||(i.send(X(n.payload?{type:Y.Pong,payload:n.payload}:{type:Y.Pong},h)),y.emit(`pong`,!1,n.payload));return}if(f)return;if(n.type!==Y.ConnectionAck)throw Error(`First message cannot be of type ${n.type}`);clearTimeout(a),f=!0,y.emit(`connected`,i,n.payload,w),w=!1,T=0;let r=new Promise((e,t)=>b(t));r.catch(()=>{}),e([i,r])}catch(e){i.onmessage=null,y.emit(`error`,e),i.close(J.BadResponse,nt(e instanceof Error?e.message:String(e),`Bad response`))}}})()));e.readyState===v.CLOSING&&await r;let i=()=>{},l=new Promise(e=>i=e);return[e,i,new Promise((t,n)=>{let i=b(n);e.readyState!==v.OPEN&&r.catch(n),l.then(()=>{if(i(),!S){let t=()=>e.close(1e3,`Normal Closure`);isFinite(a)&&a>0?(clearTimeout(C),C=setTimeout(()=>{!S&&e.readyState===v.OPEN&&t()},a)):t()}t()})})]}function O(e){if(st(e)&&(ct(e.code)||[J.InternalServerError,J.InternalClientError,J.BadRequest,J.BadResponse,J.Unauthorized,J.SubprotocolNotAcceptable,J.SubscriberAlreadyExists,J.TooManyInitialisationRequests].includes(e.code)))throw e;if(E)return!1;if(st(e)&&e.code===1e3)return S>0;if(!l||T>=l||!d(e))throw e;return w=!0}r||(async()=>{for(S++;;)try{let[,,e]=await D();await e}catch(e){try{if(!O(e))return}catch(e){return i?.(e)}}})();function k(e,t){let n=m(e),r=!1,i=!1,a=()=>{S--,r=!0};return(async()=>{for(S++;;)try{let[o,s,c]=await D();if(r)return c.catch(()=>{}),s();let l=y.onMessage(n,e=>{switch(e.type){case Y.Next:t.next(e.payload);return;case Y.Error:i=!0,r=!0,t.error(e.payload),a();return;case Y.Complete:r=!0,a();return}});o.send(X({id:n,type:Y.Subscribe,payload:e},h)),a=()=>{!r&&o.readyState===v.OPEN&&o.send(X({id:n,type:Y.Complete},h)),S--,r=!0,s()},await c.finally(l);return}catch(e){if(!O(e))return}})().then(()=>{i||t.complete()}).catch(e=>{t.error(e)}),()=>{r||a()}}return{on:y.on,subscribe:k,iterate(e){let t=[],n={done:!1,error:null,resolve:()=>{}},r=k(e,{next(e){t.push(e),n.resolve()},error(e){n.done=!0,n.error=e,n.resolve()},complete(){n.done=!0,n.resolve()}}),i=async function*(){for(;;){for(t.length||await new Promise(e=>n.resolve=e);t.length;)yield t.shift();if(n.error)throw n.error;if(n.done)return}}();return i.throw=async e=>(n.done||(n.done=!0,n.error=e,n.resolve()),{done:!0,value:void 0}),i.return=async()=>(r(),{done:!0,value:void 0}),i},async dispose(){if(E=!0,x){let[e]=await x;e.close(1e3,`Normal Closure`)}},terminate(){x&&y.emit(`closed`,new ot)}}}var ot=class extends Error{name=`TerminatedCloseEvent`;message=`4499: Terminated`;code=4499;reason=`Terminated`;wasClean=!1};function st(e){return q(e)&&`code`in e&&`reason`in e}function ct(e){return![1e3,1001,1006,1005,1012,1013,1014].includes(e)&&e>=1e3&&e<=1999}function lt(e){return typeof e==`function`&&`constructor`in e&&`CLOSED`in e&&`CLOSING`in e&&`CONNECTING`in e&&`OPEN`in e}function Z(e){return new Promise(t=>{let n=()=>{clearTimeout(i),removeEventListener(`online`,n),document.removeEventListener(`visibilitychange`,r),t()},r=()=>{document.hidden||n()},i=setTimeout(n,e);addEventListener(`online`,n),document.addEventListener(`visibilitychange`,r)})}function Q(e){return Math.min(1e3*2**Math.min(e,10),3e4)*(.5+Math.random()/2)}var ut=12e3,dt=8e3;function ft(e,t,n,r,i){let a,o,s=Date.now(),c=!1,l=at({url:e.replace(/^http/,`ws`),connectionParams:()=>({authorization:`Bearer ${t}`,resume:a}),shouldRetry:()=>!0,retryAttempts:1/0,retryWait:e=>Z(Q(e)),keepAlive:ut,connectionAckWaitTimeout:ut,on:{connected:()=>i.connected(!0),closed:e=>{clearTimeout(o),c||(i.connected(!1),e.code===4403&&i.refused())},message:e=>{s=Date.now(),e.type===`next`&&(a=pt(e.payload.extensions)??a)},ping:(e,t)=>{e?a=t?.cursor??a:o=setTimeout(()=>l.terminate(),dt)},pong:e=>{e&&clearTimeout(o)}}}),u=l.subscribe({query:`${n}`,variables:r},{next:({data:e,errors:t})=>{e?i.next(e):i.failed(t)},error:e=>{c||i.failed(e)},complete:()=>{}}),d=()=>{!window.document.hidden&&Date.now()-s>2e4&&l.terminate()};return addEventListener(`online`,d),window.document.addEventListener(`visibilitychange`,d),()=>{c=!0,removeEventListener(`online`,d),window.document.removeEventListener(`visibilitychange`,d),clearTimeout(o),u(),l.dispose()}}function pt(e){return e?.stream?.cursor}function mt(){return Array.from(crypto.getRandomValues(new Uint8Array(16)),e=>e.toString(16).padStart(2,`0`)).join(``)}var $=class extends String{__apiType;value;__meta__;constructor(e,t){super(e),this.value=e,this.__meta__=t}toString(){return this.value}},ht=new $(`
    query Team {
  me {
    id
    name
    availability
  }
}
    `),gt=new $(`
    query Inbox($view: InboxView!, $after: String) {
  inbox(view: $view, first: 50, after: $after) {
    totalCount
    streamCursor
    nodes {
      ...TicketRow
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment TicketRow on Ticket {
  id
  state
  unread
  waitingSince
  createdAt
  assignee {
    id
    name
  }
  conversation {
    id
    version
    displayName
    identityVerified
    channel
    lastMessageAt
    lastMessage {
      sequence
      text
      author {
        kind
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}`),_t=new $(`
    subscription FollowInbox($view: InboxView!, $after: Cursor) {
  inbox(view: $view, after: $after) {
    __typename
    ... on StreamItem {
      cursor
    }
    ... on TicketAdded {
      ticket {
        ...TicketRow
      }
    }
    ... on TicketChanged {
      ticket {
        ...TicketRow
      }
    }
    ... on TicketRemoved {
      ticketId
    }
    ... on MessageAdded {
      message {
        sequence
        text
        author {
          kind
          name
        }
      }
      conversation {
        id
        version
        lastMessageAt
      }
    }
  }
}
    fragment TicketRow on Ticket {
  id
  state
  unread
  waitingSince
  createdAt
  assignee {
    id
    name
  }
  conversation {
    id
    version
    displayName
    identityVerified
    channel
    lastMessageAt
    lastMessage {
      sequence
      text
      author {
        kind
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}`),vt=new $(`
    query Thread($id: ID!) {
  conversation(id: $id) {
    id
    version
    streamCursor
    drafts {
      epoch
      text
      writtenAt
    }
    messages(last: 100) {
      nodes {
        ...ThreadMessage
      }
      pageInfo {
        hasPreviousPage
      }
    }
  }
}
    fragment ThreadMessage on Message {
  id
  sequence
  kind
  text
  sentAt
  author {
    kind
    name
  }
  attachments {
    id
    name
    contentType
    bytes
    url
  }
}`),yt=new $(`
    subscription FollowThread($id: ID!, $after: Cursor) {
  conversation(id: $id, after: $after) {
    __typename
    ... on StreamItem {
      cursor
    }
    ... on MessageAdded {
      message {
        ...ThreadMessage
      }
    }
    ... on ConversationChanged {
      conversation {
        drafts {
          epoch
          text
          writtenAt
        }
      }
    }
    ... on TypingChanged {
      author {
        kind
        name
      }
      typing
      text
    }
  }
}
    fragment ThreadMessage on Message {
  id
  sequence
  kind
  text
  sentAt
  author {
    kind
    name
  }
  attachments {
    id
    name
    contentType
    bytes
    url
  }
}`),bt=new $(`
    mutation SetAvailability($input: SetAvailabilityInput!) {
  setAvailability(input: $input) {
    staff {
      id
      name
      availability
    }
    errors {
      code
      message
    }
  }
}
    `),xt=new $(`
    mutation TakeTicket($input: TicketInput!) {
  takeTicket(input: $input) {
    errors {
      code
      message
    }
  }
}
    `),St=new $(`
    mutation ReleaseTicket($input: TicketInput!) {
  releaseTicket(input: $input) {
    errors {
      code
      message
    }
  }
}
    `),Ct=new $(`
    mutation ReturnToAgent($input: TicketInput!) {
  returnToAgent(input: $input) {
    errors {
      code
      message
    }
  }
}
    `),wt=new $(`
    mutation CloseTicket($input: TicketInput!) {
  closeTicket(input: $input) {
    errors {
      code
      message
    }
  }
}
    `),Tt=new $(`
    mutation MarkRead($input: TicketInput!) {
  markTicketRead(input: $input) {
    errors {
      code
      message
    }
  }
}
    `),Et=new $(`
    mutation Reply($input: ReplyToConversationInput!) {
  replyToConversation(input: $input) {
    message {
      ...ThreadMessage
    }
    errors {
      code
      message
      ... on StaleView {
        unseen {
          ...ThreadMessage
        }
      }
    }
  }
}
    fragment ThreadMessage on Message {
  id
  sequence
  kind
  text
  sentAt
  author {
    kind
    name
  }
  attachments {
    id
    name
    contentType
    bytes
    url
  }
}`),Dt=new $(`
    mutation Note($input: AddNoteInput!) {
  addNote(input: $input) {
    message {
      ...ThreadMessage
    }
    errors {
      code
      message
    }
  }
}
    fragment ThreadMessage on Message {
  id
  sequence
  kind
  text
  sentAt
  author {
    kind
    name
  }
  attachments {
    id
    name
    contentType
    bytes
    url
  }
}`),Ot=new $(`
    mutation StaffTyping($input: SetTypingInput!) {
  setTyping(input: $input) {
    errors {
      code
      message
    }
  }
}
    `),kt={me:null,view:`ALL`,rows:[],total:0,more:null,ticketId:null,thread:null,live:!0,trouble:null};function At(e,t){switch(t.__typename){case`TicketAdded`:case`TicketChanged`:return jt(e,t.ticket);case`TicketRemoved`:return Mt(e,t.ticketId);case`MessageAdded`:return{...e,rows:e.rows.map(e=>Nt(e,t))};default:return e}}function jt(e,t){let n=e.rows.filter(({id:e})=>e!==t.id),r=n.length===e.rows.length?e.total+1:e.total;return{...e,total:r,rows:[...n,t].sort(Pt)}}function Mt(e,t){let n=e.rows.filter(e=>e.id!==t);return{...e,rows:n,total:e.total-(e.rows.length-n.length)}}function Nt(e,{message:t,conversation:n}){let{id:r,version:i,lastMessageAt:a}=n;return e.conversation.id!==r||e.conversation.version>i?e:{...e,conversation:{...e.conversation,version:i,lastMessageAt:a,lastMessage:t}}}function Pt(e,t){return t.createdAt.localeCompare(e.createdAt)||t.id.localeCompare(e.id)}function Ft(e,t){switch(t.__typename){case`MessageAdded`:return{...It(e,[t.message]),typing:null};case`ConversationChanged`:return{...e,drafts:t.conversation.drafts};case`TypingChanged`:return t.author.kind===`HUMAN_AGENT`?e:{...e,typing:t.typing?{name:t.author.name,text:t.text}:null};default:return e}}function It(e,t){let n=new Map(e.messages.map(e=>[e.sequence,e]));for(let e of t)n.set(e.sequence,e);return{...e,messages:[...n.values()].sort((e,t)=>e.sequence-t.sequence)}}var Lt=3e3,Rt=7e3,zt={take:xt,release:St,returnToAgent:Ct,close:wt},Bt=class{endpoint;key;state=kt;changed=()=>{};endList=null;endThread=null;typedAt=0;typingEnds;constructor(e,t){this.endpoint=e,this.key=t}set(e){this.state={...this.state,...e},this.changed()}get row(){return this.state.rows.find(({id:e})=>e===this.state.ticketId)}async start(){let{me:e}=await this.ask(ht,{});if(!e)throw new W(`FORBIDDEN`,`This key belongs to no member of staff.`);await this.load(`ALL`),this.set({me:e})}async setAvailable(e){let t={availability:e?`ONLINE`:`AWAY`};await this.again(async()=>{let{staff:e,errors:n}=(await this.ask(bt,{input:t})).setAvailability;this.set({...e&&{me:e},trouble:n[0]?.message??null})},()=>!0)}async show(e){this.endList?.(),this.endList=null,this.set({view:e,rows:[],total:0,more:null}),await this.again(()=>this.load(e),()=>this.state.view===e)}async load(e){let{inbox:t}=await this.ask(gt,{view:e});if(!t)throw new W(`FORBIDDEN`,`This key may not read the inbox.`);if(this.state.view!==e)return;let{nodes:n,totalCount:r,streamCursor:i,pageInfo:a}=t;this.set({rows:n,total:r,more:a.hasNextPage?a.endCursor:null,live:!0}),this.endList?.();let o=()=>{this.state.view===e&&this.show(e)};this.endList=ft(this.endpoint,this.key,_t,{view:e,after:i},{next:({inbox:e})=>{e?.__typename===`StreamReset`?o():e&&this.set(At(this.state,e))},connected:e=>this.set({live:e}),refused:()=>void Z(Q(0)).then(o),failed:()=>void Z(Q(0)).then(o)})}async loadMore(){let{view:e,more:t}=this.state;if(!t)return;let{inbox:n}=await this.ask(gt,{view:e,after:t});if(!n||this.state.view!==e||this.state.more!==t)return;let r=new Set(this.state.rows.map(({id:e})=>e)),i=[...this.state.rows,...n.nodes.filter(({id:e})=>!r.has(e))];this.set({rows:i,more:n.pageInfo.hasNextPage?n.pageInfo.endCursor:null})}async open(e){this.endThread?.(),this.endThread=null,this.set({ticketId:e.id,thread:null,trouble:null}),await this.again(()=>this.loadThread(e),()=>this.state.ticketId===e.id)}async loadThread(e){let{conversation:t}=await this.ask(vt,{id:e.conversation.id});if(!t||this.state.ticketId!==e.id)return;let{id:n,messages:{nodes:r},drafts:i,streamCursor:a}=t;this.set({thread:{conversationId:n,messages:r,drafts:i,typing:null,unseen:[]}});let o=()=>{this.state.ticketId===e.id&&this.open(e)};this.endThread?.(),this.endThread=ft(this.endpoint,this.key,yt,{id:n,after:a},{next:({conversation:e})=>{e?.__typename===`StreamReset`?o():e&&this.state.thread?.conversationId===n&&this.take(Ft(this.state.thread,e)),e?.__typename===`MessageAdded`&&e.message.author.kind===`SHOPPER`&&this.read()},connected:e=>this.set({live:e}),refused:()=>void Z(Q(0)).then(o),failed:()=>void Z(Q(0)).then(o)}),e.unread&&this.read()}take(e){clearTimeout(this.typingEnds),e.typing&&(this.typingEnds=setTimeout(()=>this.state.thread&&this.set({thread:{...this.state.thread,typing:null}}),Rt)),this.set({thread:e})}read(){let{row:e,state:{me:t}}=this;e?.assignee&&e.assignee.id===t?.id&&!document.hidden&&this.run(Tt,e.id)}async act(e){let{ticketId:t}=this.state;t&&(await this.run(zt[e],t),e===`take`&&!this.state.trouble&&await this.run(Tt,t))}async reply(e){let{thread:t}=this.state;if(!t)return!1;let n=t.messages.at(-1)?.sequence??0,r={conversationId:t.conversationId,text:e,lastSeenSequence:n,idempotencyKey:mt()};return this.sent(async()=>(await this.ask(Et,{input:r})).replyToConversation)}async note(e){let{thread:t}=this.state;if(!t)return!1;let n={conversationId:t.conversationId,text:e,idempotencyKey:mt()};return this.sent(async()=>(await this.ask(Dt,{input:n})).addNote)}type(e){let{thread:t}=this.state;if(!t||(e?Date.now()-this.typedAt<Lt:this.typedAt===0))return;this.typedAt=e?Date.now():0;let n={conversationId:t.conversationId,typing:e};this.ask(Ot,{input:n}).catch(()=>{})}async sent(e){this.set({trouble:null});let{thread:t}=this.state,n=!1;return await this.again(async()=>{let{message:r,errors:i}=await e();n=r!==null;let[a]=i,o=a?.unseen??[];if(this.state.thread?.conversationId!==t?.conversationId)return;let s=It(this.state.thread,r?[r]:o);this.set({thread:{...s,unseen:o},trouble:a&&!o.length?a.message:null}),this.typedAt=0},()=>!0),n}async run(e,t){let n={ticketId:t,idempotencyKey:mt()};await this.again(async()=>{let t=await this.ask(e,{input:n}),[r]=Object.values(t);this.set({trouble:r.errors[0]?.message??null})},()=>!0)}async again(e,t){for(let n=0;t();n++)try{return await e()}catch(e){if(!(e instanceof W)||!e.passes)return this.set({trouble:String(e)});this.set({live:!1}),await Z(Math.max(e.retryAfter,Q(n)))}}ask(e,t){return Ae(this.endpoint,this.key,e,t)}},Vt=new URL(`/graphql`,location.href).href,Ht=`baton:staff-key`;function Ut(){let[e,t]=H(null),[n,r]=H(``),i=async e=>{let n=new Bt(Vt,e);try{await n.start(),sessionStorage.setItem(Ht,e),t(n)}catch(e){sessionStorage.removeItem(Ht),r(e instanceof W?e.message:String(e))}};return H(()=>{let e=sessionStorage.getItem(Ht);e&&i(e)}),e?G(Xe,{desk:e,leave:()=>{sessionStorage.removeItem(Ht),location.reload()}}):G(Wt,{enter:e=>void i(e),problem:n})}function Wt({enter:e,problem:t}){let[n,r]=H(``);return G(`form`,{class:`door`,onSubmit:t=>{t.preventDefault(),e(n.trim())},children:[G(`h1`,{children:`Inbox`}),G(`label`,{for:`key`,children:`Key of a member of staff`}),G(`input`,{id:`key`,type:`password`,autocomplete:`off`,required:!0,value:n,onInput:e=>r(e.currentTarget.value),"aria-describedby":`help problem`}),G(`p`,{id:`help`,children:[`For the demo account: `,G(`code`,{children:`ownerKey`}),` in `,G(`code`,{children:`.baton/credentials.json`}),`. The key stays in this tab.`]}),G(`p`,{id:`problem`,role:`alert`,children:t}),G(`button`,{class:`primary`,children:`Open the inbox`})]})}I(G(Ut,{}),document.getElementById(`page`));